"""client.py COMMAND … : a mail client for the checks; the server's address is the container's."""
import imaplib, os, poplib, re, smtplib, ssl, subprocess, sys, time, socket
from email.message import EmailMessage
IP = subprocess.check_output(["docker", "inspect", "-f", "{{.NetworkSettings.IPAddress}}", os.environ["C"]], text=True).strip()
for _ in range(60):  # the engine's proxy takes connections before the server does
    try: socket.create_connection((IP, 25), 2).recv(9); break
    except OSError: time.sleep(0.5)
tls = ssl._create_unverified_context()

def send(to, subject, body="hello", port=25, login=None, sender="joe@example.net", size=0, html=None, crypt=False):
    m = EmailMessage(); m["From"] = sender; m["To"] = to; m["Subject"] = subject; m["X-Secret"] = "1"; m.set_content(body)
    if size: m.add_attachment(os.urandom(size), maintype="application", subtype="octet-stream", filename="x.bin")
    s = smtplib.SMTP(IP, port, timeout=20)
    if crypt: s.starttls(context=tls)
    if login: s.login(login, "secret" if len(sys.argv) < 99 else "")
    s.send_message(m); s.quit()

def imap(user="ann", password="secret"):
    i = imaplib.IMAP4_SSL(IP, 993, ssl_context=tls) ; i.login(user + "@example.com", password); return i

def wait(subject, box="INBOX", user="ann", seconds=15):
    i = imap(user)
    for _ in range(seconds * 2):
        i.select(box); n = i.search(None, "SUBJECT", f'"{subject}"')[1][0].split()
        if n: return i.fetch(n[-1], "(BODY[])")[1][0][1].decode("utf8", "replace")
        time.sleep(0.5)
    sys.exit(f"no mail {subject!r} in {box}")

exec(sys.argv[1])
