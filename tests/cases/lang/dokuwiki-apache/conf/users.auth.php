# users
ann:$1$WdOWbghn$1UqUvOn6rtKJQEfIuZd.K/:Ann:ann@example.com:admin,user
