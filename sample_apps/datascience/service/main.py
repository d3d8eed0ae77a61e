"""Answers `/TASK?key=value` with what the task gives, as JSON or as a picture."""

import json
import signal
import sys
import traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from tasks import TASKS


class Handler(BaseHTTPRequestHandler):
    """One request."""

    def do_GET(self):
        address = urlsplit(self.path)
        task = TASKS.get(address.path.strip("/"))
        if task is None:
            self.send_error(404)
            return
        try:
            result = task(**dict(parse_qsl(address.query)))
        except Exception as error:
            traceback.print_exc()
            self.send_error(500, explain=repr(error))
            return
        kind, body = result if isinstance(result, tuple) else ("application/json", result)
        if not isinstance(body, bytes):
            body = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def main():
    server = ThreadingHTTPServer(("0.0.0.0", 8080), Handler)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    server.serve_forever()


if __name__ == "__main__":
    main()
