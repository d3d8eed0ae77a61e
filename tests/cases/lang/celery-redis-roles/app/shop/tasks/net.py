from shop.tasks import app
@app.task(name="shop.mail", bind=True, max_retries=2, default_retry_delay=1)
def mail(self, to="a@example.com"):
    import smtplib, time; from email.mime.text import MIMEText; from aiosmtpd.controller import Controller; from aiosmtpd.handlers import Mailbox
    if self.request.retries == 0: raise self.retry(exc=OSError("not yet"))
    import jinja2; env = jinja2.Environment(loader=jinja2.FileSystemLoader("templates"))
    c = Controller(Mailbox("/data/box"), port=2525); c.start()
    m = MIMEText(env.get_template("mail.html").render(to=to), "html", "iso-8859-15"); m["Subject"] = "é"; m["To"] = to
    with smtplib.SMTP("127.0.0.1", 2525) as s: s.sendmail("b@example.com", [to], m.as_string())
    c.stop(); import mailbox; return len(mailbox.Maildir("/data/box"))
@app.task(name="shop.tls")
def tls():
    import ssl, requests
    try: requests.get("https://127.0.0.1:1/")
    except requests.ConnectionError: pass
    return len(ssl.create_default_context().get_ca_certs()) > 50
