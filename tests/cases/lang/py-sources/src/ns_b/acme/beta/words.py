WORD = "two"
