return { de = "guten Tag", fr = "bonjour" }
