$TTL 60
@ SOA ns hostmaster 1 3600 600 86400 60
@ NS ns
ns A 192.0.2.1
www A 192.0.2.2
mail A 192.0.2.3
@ MX 10 mail
@ TXT "v=spf1 -all"
$GENERATE 1-5 host-$ A 192.0.2.1$
