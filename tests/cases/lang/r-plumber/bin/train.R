#!/usr/bin/env Rscript
model <- lm(mpg ~ wt + hp, data = mtcars)
saveRDS(model, "model.rds")
db <- DBI::dbConnect(RSQLite::SQLite(), "goods.db")
invisible(DBI::dbWriteTable(db, "goods", data.frame(name = c("tea", "salt"), price = c(3, 1)), overwrite = TRUE))
DBI::dbDisconnect(db)
cat("trained", round(summary(model)$r.squared, 2), "\n")
