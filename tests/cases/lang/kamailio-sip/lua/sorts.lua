return { joe = "green", ann = "oolong" }
