run <- function() toupper(tools::toTitleCase("green tea"))
