run <- function() paste(utils::capture.output(stats4::mle(function(m = 0) sum((1:3 - m)^2)))[1], "ok")
