"""The image that is built under faults: a small web server."""

from __future__ import annotations

from typing import Final

DOCKERFILE: Final = """\
FROM slimmer-samples/busybox:latest
COPY start hungry /
COPY www /www/
COPY late /files/late
EXPOSE 8080
CMD ["/start"]
"""
FILES: Final = {
    # Its first process ends as soon as a probe has not found what it needs.
    "start": b"""\
#!/bin/sh
httpd -p 8080 -h /www
while [ ! -e /tmp/stop ]; do sleep 0.1; done
exit 7
""",
    "hungry": b"""\
#!/bin/sh
httpd -p 8080 -h /www
while [ ! -e /tmp/slow ]; do sleep 0.1; done
exec tail -c 200000000 /dev/zero
""",
    "www/index.html": b"here\n",
    "www/cgi-bin/late": b"""\
#!/bin/sh
cat /files/late >/tmp/found || touch /tmp/stop
sleep 0.3
printf 'Content-Type: text/plain\\r\\n\\r\\n'
cat /tmp/found
""",
    "www/cgi-bin/slow": b"""\
#!/bin/sh
touch /tmp/slow
sleep 3
printf 'Content-Type: text/plain\\r\\n\\r\\n'
""",
    "late": b"late\n",
}
FLAGS: Final = ("--strategy", "minimal", "--no-debug")
PROBES: Final = ("--http-probe", "/", "--http-probe", "/cgi-bin/late")
SAYING: Final = ("--http-probe", "/", "--exec-probe", "sed s/^/said-/ /files/late")
SAID: Final = b"said-late"
"""What the last of these probes brings: no checksum guards it, and nothing else has these words."""
SLOW: Final = ("--http-probe", "/", "--http-probe", "/cgi-bin/slow")
HUNGRY: Final = ("--memory", "24m", "--cmd", "/hungry", *SLOW)
