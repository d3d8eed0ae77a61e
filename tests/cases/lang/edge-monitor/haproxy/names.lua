return { green = "sencha", black = "assam" }
