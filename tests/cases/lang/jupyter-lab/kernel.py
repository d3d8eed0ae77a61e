"""kernel.py CODE: runs it in a new kernel by the server's WebSocket and prints what it prints."""
import base64, json, os, secrets, socket, struct, sys, urllib.request, uuid
host, port = os.environ["ADDR"].split(":")
def call(method, path, data=None):
    q = urllib.request.Request(f"{os.environ['URL']}{path}", method=method, data=data and json.dumps(data).encode(), headers={"Authorization": "token secret"}); t = urllib.request.urlopen(q, timeout=30).read(); return json.loads(t) if t else None
k = call("POST", "/api/kernels", {"name": "python3"})["id"]
s = socket.create_connection((host, int(port)), 50)
s.sendall(f"GET /api/kernels/{k}/channels?token=secret HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {base64.b64encode(secrets.token_bytes(16)).decode()}\r\n\r\n".encode())
f = s.makefile("rb")
while f.readline().strip(): pass
m = uuid.uuid4().hex
p = json.dumps({"header": {"msg_id": m, "username": "x", "session": m, "msg_type": "execute_request", "version": "5.3"}, "parent_header": {}, "metadata": {}, "channel": "shell", "content": {"code": sys.argv[1], "silent": False, "store_history": True, "user_expressions": {}, "allow_stdin": False, "stop_on_error": True}}).encode()
s.sendall(b"\x81" + (bytes([0x80 | len(p)]) if len(p) < 126 else b"\xfe" + struct.pack(">H", len(p))) + b"\0\0\0\0" + p)
while True:
    h = f.read(2); n = h[1] & 127
    if n == 126: n = struct.unpack(">H", f.read(2))[0]
    elif n == 127: n = struct.unpack(">Q", f.read(8))[0]
    d = f.read(n)
    if h[0] & 15 != 1: continue
    a = json.loads(d)
    if a.get("parent_header", {}).get("msg_id") != m: continue
    c = a["content"]
    if a["msg_type"] == "stream": print(c["text"], end="")
    if a["msg_type"] in ("execute_result", "display_data"): print(json.dumps(c["data"], ensure_ascii=False)[:3000])
    if a["msg_type"] == "error": print("ERROR", c["ename"], c["evalue"], *c["traceback"])
    if a["msg_type"] == "execute_reply": break
call("DELETE", f"/api/kernels/{k}")
