"""A small XMPP client for the checks: python3 client.py 'x = login("ann", "pw"); …'"""
import base64, os, re, socket, ssl, subprocess, sys, time
IP = subprocess.check_output(['docker', 'inspect', '-f', '{{.NetworkSettings.IPAddress}}', os.environ['C']], text=True).strip()
class Stream:
    def __init__(self, domain='tea.example', port=5222, ns='jabber:client', tls=True):
        self.domain, self.ns, self.buffer = domain, ns, ''
        self.s = socket.create_connection((IP, port), 10); self.s.settimeout(10)
        self.open()
        if tls:
            self.until('</stream:features>'); self.send("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"); self.until('<proceed')
            context = ssl.create_default_context(); context.check_hostname = False; context.verify_mode = ssl.CERT_NONE
            self.s = context.wrap_socket(self.s, server_hostname=domain); self.open(); self.until('</stream:features>')
    def open(self): self.buffer = ''; self.send(f"<?xml version='1.0'?><stream:stream to='{self.domain}' xmlns='{self.ns}' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>")
    def send(self, text): self.s.sendall(text.encode())
    def until(self, pattern, seconds=10):
        end = time.time() + seconds
        while not re.search(pattern, self.buffer):
            if time.time() > end: raise SystemExit(f'no {pattern} in {self.buffer}')
            try: data = self.s.recv(65536)
            except TimeoutError: continue
            if not data: raise SystemExit(f'closed: {self.buffer}')
            self.buffer += data.decode()
        result, self.buffer = self.buffer, ''
        return result
    def iq(self, body, to=None, type='get', id='q'):
        self.send(f"<iq id='{id}' type='{type}'" + (f" to='{to}'" if to else '') + f">{body}</iq>")
        return self.until(r"<iq[^>]*id='%s'[^>]*(/>|>(?s:.*)</iq>)" % id)
def login(user, password, domain='tea.example', resource='pc'):
    x = Stream(domain)
    x.send("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>" + base64.b64encode(f'\0{user}\0{password}'.encode()).decode() + '</auth>')
    x.until('<success'); x.open(); x.until('</stream:features>')
    x.iq(f"<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><resource>{resource}</resource></bind>", type='set'); x.send('<presence/>'); x.until('<presence')
    return x
def register(user, password):
    x = Stream(); return x.iq(f"<query xmlns='jabber:iq:register'><username>{user}</username><password>{password}</password></query>", type='set')
def ensure(user, password='pw'):
    subprocess.run(['docker', 'exec', os.environ['C'], 'prosodyctl', 'register', user, 'tea.example', password], capture_output=True)
    return login(user, password)
exec(sys.argv[1])
