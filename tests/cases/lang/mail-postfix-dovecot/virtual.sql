dbpath = /etc/mail/accounts.db
query = SELECT goal FROM forwards WHERE address='%s' UNION SELECT address FROM users WHERE address='%s'
