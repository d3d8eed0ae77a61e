import std/[asynchttpserver, asyncdispatch, strutils, uri, os, osproc, re, json, times, db_sqlite, httpclient, net, strtabs, md5, tables, dynlib, encodings, tempfiles]
proc query(u: Uri): Table[string, string] =
  for (k, v) in decodeQuery(u.query): result[k] = v
proc page(name: string): string = readFile("templates" / name & ".html")
proc act(req: Request): Future[(HttpCode, string)] {.async.} =
  let q = query(req.url)
  case req.url.path
  of "/health": return (Http200, "ok")
  of "/db":
    let db = open("/tmp/shop.db", "", "", "")
    db.exec(sql"create table if not exists goods(name, price)")
    db.exec(sql"insert into goods values(?, ?)", q["name"], q["price"])
    let n = db.getValue(sql"select count(*) from goods")
    db.close()
    return (Http200, n)
  of "/re": return (Http200, $(q["text"].findAll(re"\d+")))
  of "/page": return (Http200, page(q["name"]).replace("$1", q.getOrDefault("v")))
  of "/run": return (Http200, execProcess("date +%Y; id -un"))
  of "/cmd":
    let (o, c) = execCmdEx("sort -r", input = "a\nb\n")
    return (Http200, o & $c)
  of "/args": return (Http200, execProcess("uname", args = ["-s"], options = {poUsePath}))
  of "/time": return (Http200, now().utc.format("yyyy") & " " & $fromUnix(0).inZone(local()).format("HH"))
  of "/json": return (Http200, $(%*{"a": parseJson(req.body)["x"].getInt + 1}))
  of "/tls":
    let c = newHttpClient(sslContext = newContext(verifyMode = CVerifyPeer))
    try: discard c.getContent("https://127.0.0.1:1/")
    except OSError: return (Http200, "refused")
    except CatchableError as e: return (Http200, "other " & e.msg)
    return (Http200, "x")
  of "/md5": return (Http200, getMD5(req.body))
  of "/enc": return (Http200, toHex(convert("ä", "ISO-8859-1", "UTF-8")))
  of "/z":
    let l = loadLibPattern("libz.so(.1|.2)")
    if l == nil: return (Http500, "none")
    let f = cast[proc(): cstring {.cdecl.}](l.symAddr("zlibVersion"))
    return (Http200, $f())
  else: return (Http404, "none")
proc handle(req: Request): Future[void] {.async, gcsafe.} =
  {.cast(gcsafe).}:
    try:
      let (code, text) = await act(req)
      await req.respond(code, text)
    except CatchableError as e: await req.respond(Http500, e.msg)
waitFor newAsyncHttpServer().serve(Port(8080), handle)
