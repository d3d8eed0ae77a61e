def audit(name, value):
    import csv, datetime
    with open("/var/log/dnsapi/audit.log", "a") as f: csv.writer(f).writerow([datetime.date(2024, 7, 1).strftime("%A"), name, value])
def notify(name, value):
    import smtplib, email.message
    m = email.message.EmailMessage(); m["Subject"] = name; m.set_content(value)
    try:
        with smtplib.SMTP("127.0.0.1", 2525, timeout=2) as s: s.send_message(m, "a@x.example", ["b@x.example"])
    except OSError: pass
