import http.server, json, subprocess, urllib.parse, importlib, re, os
import yaml
S = yaml.safe_load(open("/etc/dnsapi/api.yaml"))
class H(http.server.BaseHTTPRequestHandler):
    def answer(self, text, status=200, kind="text/plain; charset=utf-8"):
        data = text.encode(); self.send_response(status); self.send_header("Content-Type", kind); self.send_header("Content-Length", str(len(data))); self.end_headers(); self.wfile.write(data)
    def run(self, *a, **k): return subprocess.run(a, capture_output=True, text=True, timeout=20, **k)
    def do_GET(self):
        u = urllib.parse.urlparse(self.path); q = dict(urllib.parse.parse_qsl(u.query)); n = q.get("name", "www.example.com")
        if u.path == "/health": return self.answer("ok")
        if u.path == "/lookup":
            import dns.resolver
            r = dns.resolver.Resolver(configure=False); r.nameservers = ["127.0.0.1"]
            try: return self.answer(json.dumps([str(x) for x in r.resolve(n, q.get("type", "A"))]), kind="application/json")
            except Exception as e: return self.answer(type(e).__name__, 404)
        if u.path == "/dig": return self.answer(self.run("dig", "+dnssec", "@127.0.0.1", n, q.get("type", "A")).stdout)
        if u.path == "/transfer":
            import dns.zone, dns.query, dns.tsigkeyring
            t = open(S["key"]).read(); k = dns.tsigkeyring.from_text({"update": ("hmac-sha256", re.search('secret "(.*)"', t)[1])})
            return self.answer(dns.zone.from_xfr(dns.query.xfr("127.0.0.1", S["zone"], keyring=k, keyname="update", keyalgorithm="hmac-sha256")).to_text())
        if u.path == "/state":
            p = self.run("rndc", "-k", "/etc/bind/rndc.key", "status"); return self.answer(p.stdout + p.stderr)
        if u.path == "/idn": return self.answer(n.encode("idna").decode() + " " + self.run("idn2", n, env={**os.environ, "LC_ALL": "C.UTF-8"}).stdout)
        self.answer(json.dumps({"error": "no such page"}), 404, "application/json")
    def do_PUT(self):
        n = self.path.strip("/"); v = self.rfile.read(int(self.headers["Content-Length"])).decode()
        p = self.run("nsupdate", "-k", S["key"], input=f"server 127.0.0.1\nzone {S['zone']}\nupdate add {n} 60 A {v}\nsend\n")
        for h in S["hooks"]: getattr(importlib.import_module("hooks"), h)(n, v)
        self.answer(p.stderr or "added", 400 if p.returncode else 200)
os.makedirs("/var/log/dnsapi", exist_ok=True)
http.server.ThreadingHTTPServer(("", S["port"]), H).serve_forever()
