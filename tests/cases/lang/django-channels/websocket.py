# a check's client: connects, sends a JSON message, prints what comes
import base64, json, os, socket, sys
host, port = sys.argv[1].split(":")
s = socket.create_connection((host, int(port)), 10)
s.sendall(f"GET {sys.argv[2]} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}\r\nSec-WebSocket-Version: 13\r\nOrigin: http://{host}\r\n\r\n".encode())
s.settimeout(3)
payload = sys.argv[3].encode()
data = s.recv(4096)
s.sendall(bytes([0x81, 0x80 | len(payload)]) + b"\0\0\0\0" + payload)
try:
    while True:
        more = s.recv(4096)
        if not more: break
        data += more
except OSError: pass
print(data.decode("latin1"))
