"""Imports much, then adds the nanoseconds since its start to /results/nanoseconds."""

import importlib
import sys
import time

MODULES = """
asyncio concurrent.futures csv ctypes decimal difflib doctest email.mime.multipart ftplib
http.client http.cookiejar http.server imaplib inspect json logging.config logging.handlers lzma
mailbox multiprocessing.pool optparse pdb pickletools plistlib pydoc smtplib sqlite3 ssl
statistics tarfile unittest.mock urllib.request uuid wsgiref.simple_server xml.dom.minidom
xml.etree.ElementTree xmlrpc.client zipfile zoneinfo
flask gunicorn.app.wsgiapp jinja2 werkzeug.debug werkzeug.serving
pip._internal.cli.main pip._vendor.requests pip._vendor.rich.console
"""

for name in MODULES.split():
    importlib.import_module(name)

with open("/results/nanoseconds", "a") as results:
    results.write(f"{time.time_ns() - int(sys.argv[1])}\n")
