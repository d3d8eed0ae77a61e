"""SIP by UDP, TCP or TLS: python3 client.py 'print(ask("OPTIONS"))'"""
import hashlib, os, random, re, socket, ssl, subprocess, sys
IP = subprocess.check_output(['docker', 'inspect', '-f', '{{.NetworkSettings.IPAddress}}', os.environ['C']], text=True).strip()
class Sip:
    def __init__(self, user='joe', kind='UDP'):
        self.user, self.kind = user, kind
        if kind == 'UDP': self.s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); self.s.connect((IP, 5060))
        else:
            self.s = socket.create_connection((IP, 5061 if kind == 'TLS' else 5060), 5)
            if kind == 'TLS':
                c = ssl.create_default_context(); c.check_hostname = False; c.verify_mode = ssl.CERT_NONE; self.s = c.wrap_socket(self.s)
        self.s.settimeout(5); self.me = '%s:%d' % self.s.getsockname()[:2]; self.call = str(random.random()); self.n = 0
    def ask(self, method, to=None, more='', body='', uri=None):
        self.n += 1; to = to or self.user
        uri = uri or ('sip:tea.example' if method == 'REGISTER' else f'sip:{to}@tea.example')
        self.s.send((f'{method} {uri} SIP/2.0\r\nVia: SIP/2.0/{self.kind} {self.me};rport;branch=z9hG4bK{random.random()}\r\nMax-Forwards: 9\r\nFrom: <sip:{self.user}@tea.example>;tag=t{self.call}\r\nTo: <sip:{to}@tea.example>\r\nCall-ID: {self.call}\r\nCSeq: {self.n} {method}\r\nContact: <sip:{self.user}@{self.me};transport={self.kind.lower()}>\r\n{more}Content-Length: {len(body)}\r\n\r\n{body}').encode())
        return self.s.recv(65536).decode()
    def register(self, password='secret'):
        answer = self.ask('REGISTER'); nonce = re.search('nonce="(.*?)"', answer).group(1); h = lambda t: hashlib.md5(t.encode()).hexdigest()
        response = h(h(f'{self.user}:tea.example:{password}') + ':' + nonce + ':' + h('REGISTER:sip:tea.example'))
        return self.ask('REGISTER', more=f'Authorization: Digest username="{self.user}",realm="tea.example",nonce="{nonce}",uri="sip:tea.example",response="{response}",algorithm=MD5\r\nExpires: 600\r\n')
def ask(*a, kind='UDP', **k): return Sip(kind=kind).ask(*a, **k)
exec(sys.argv[1])
