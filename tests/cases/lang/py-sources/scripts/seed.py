import shelve
with shelve.open('/var/lib/svc/things') as s: s['answer'] = 42
