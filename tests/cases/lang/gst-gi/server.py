#!/usr/bin/python3
import importlib, json, urllib.parse
from http.server import ThreadingHTTPServer, BaseHTTPRequestHandler
class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        url = urllib.parse.urlsplit(self.path); q = dict(urllib.parse.parse_qsl(url.query)); name = url.path.strip('/')
        try:
            body = b'ok' if name == 'health' else importlib.import_module('plugins.' + name).run(q)
            code = 200
        except ModuleNotFoundError as e: code, body = 404, str(e).encode()
        except Exception as e: code, body = 500, repr(e).encode()
        body = body if isinstance(body, bytes) else str(body).encode()
        self.send_response(code); self.send_header('Content-Length', str(len(body))); self.end_headers(); self.wfile.write(body)
ThreadingHTTPServer(('', 8080), Handler).serve_forever()
