#!/usr/bin/env bash
# deploy_cert DOMAIN KEY CERT FULLCHAIN: the certificate goes into HAProxy while it runs.
deploy_cert() {
  cat "$3" "$2" > /etc/haproxy/certs/edge.pem
  printf 'set ssl cert /etc/haproxy/certs/edge.pem <<\n%s\n\n' "$(cat /etc/haproxy/certs/edge.pem)" | socat stdio /run/haproxy/admin.sock
  echo 'commit ssl cert /etc/haproxy/certs/edge.pem' | socat stdio /run/haproxy/admin.sock
  logger -n 127.0.0.1 -P 514 -d -p local5.info "deployed $1 $(openssl x509 -noout -enddate -in "$3" | cut -d= -f2)"
}
h=$1; shift; case "$h" in deploy_cert) deploy_cert "$@";; startup_hook|exit_hook|this_hookscript_is_broken__dehydrated_is_working_fine__please_ignore_unknown_hooks_in_your_script) :;; esac
