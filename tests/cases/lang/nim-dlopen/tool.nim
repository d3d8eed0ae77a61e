import std/[os, osproc, parsecfg, parseopt, streams, strutils, db_postgres]
when isMainModule:
  case paramStr(1)
  of "gz": echo execCmd("gzip -c /etc/hostname | gzip -dc")
  of "find": echo findExe("tar").len > 0
  of "tar": quit execCmd("tar cf /tmp/t.tar -C /srv templates && tar tf /tmp/t.tar")
  of "pg":
    try: discard open("127.0.0.1:1", "u", "p", "d")
    except CatchableError as e: echo "pg: ", e.msg
  else: quit 2
