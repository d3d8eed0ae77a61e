#* @apiTitle model

#* @get /health
#* @serializer text
function() "ok"

#* @get /predict
function(wt, hp) predict(readRDS("/srv/model/model.rds"), data.frame(wt = as.numeric(wt), hp = as.numeric(hp)))

#* @get /plot
#* @serializer contentType list(type="image/png")
function(kind = "png") {
  file <- tempfile()
  if (kind == "svg") svg(file) else png(file, type = "cairo")
  plot(cars, main = "Cars")
  dev.off()
  readBin(file, "raw", file.size(file))
}

#* @get /lattice
#* @serializer png
function() print(lattice::xyplot(mpg ~ wt | factor(cyl), mtcars))

#* @get /goods
function() {
  db <- DBI::dbConnect(RSQLite::SQLite(), "/srv/model/goods.db")
  on.exit(DBI::dbDisconnect(db))
  DBI::dbGetQuery(db, "select name, price from goods")
}

#* @get /goods.csv
#* @serializer contentType list(type="text/csv")
function() { f <- tempfile(); utils::write.csv(data.frame(name = "tea", price = 3), f, row.names = FALSE, quote = FALSE); readBin(f, "raw", file.size(f)) }

#* @get /time
#* @serializer text
function(zone) format(as.POSIXct("2024-07-01 12:00", tz = "UTC"), "%H:%M %Z", tz = zone)

#* @get /day
#* @serializer text
function(locale) { Sys.setlocale("LC_TIME", locale); on.exit(Sys.setlocale("LC_TIME", "C")); format(as.Date("2024-07-01"), "%A") }

#* @get /robust
function() unname(round(coef(MASS::rlm(mpg ~ wt, mtcars)), 2))

#* @get /survival
function() { f <- survival::survfit(survival::Surv(time, status) ~ sex, data = survival::lung); nrow(summary(f)$table) }

#* @get /mixed
function() round(nlme::fixef(nlme::lme(distance ~ age, random = ~ 1 | Subject, data = nlme::Orthodont))[["age"]], 2)

#* @get /data/<name>
function(name) { e <- new.env(); utils::data(list = name, package = "datasets", envir = e); nrow(e[[name]]) }

#* @get /package/<name>
function(name) { f <- c(yaml = "as.yaml", digest = "digest", glue = "glue"); if (!name %in% names(f)) stop("no such package"); get(f[[name]], asNamespace(name))("tea") }

#* @get /xml
#* @serializer text
function() xml2::xml_text(xml2::xml_find_first(xml2::read_xml("<a><b>tea</b></a>"), "//b"))

#* @get /splines
function() dim(splines::bs(1:20, df = 5))

#* @get /parallel
function() sum(unlist(parallel::mclapply(1:4, function(i) i^2, mc.cores = 2)))

#* @get /system
#* @serializer text
function() paste(system("echo tea | tr a-z A-Z", intern = TRUE), iconv("Größe", "UTF-8", "ASCII//TRANSLIT"))

#* @get /source/<name>
#* @serializer text
function(name) { e <- new.env(); sys.source(file.path("/srv/model/R", paste0(name, ".R")), e); e$run() }

#* @post /sum
function(req) sum(unlist(req$body$values))

#* @get /crash
function() stop("crash on demand")
