# sourced by the checks: a client on the machine, or in a container of the original where the machine has none
K=/tmp/$C.key; P=${ADDR##*:}
for i in $(seq 30); do ssh-keyscan -p $P -t ed25519 127.0.0.1 2>/dev/null | grep -q . && break; sleep 1; done
if ! [ -e $K ]; then ssh-keygen -q -t ed25519 -N '' -f $K; fi
docker cp $K.pub $C:/tmp/k.pub >/dev/null
docker exec $C sh -c 'for u in ann deploy partner guest; do h=$(getent passwd $u | cut -d: -f6); mkdir -p $h/.ssh; cp /tmp/k.pub $h/.ssh/authorized_keys; chown -R $u $h/.ssh 2>/dev/null; done' >/dev/null 2>&1
O="-i $K -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR -o BatchMode=yes"
s() { ssh -p $P $O "$@"; }
ask() { # ask USER ANSWER...: logs in by keyboard-interactive, each prompt takes the next answer
  u=$1; shift; d=$(mktemp -d); printf '%s\n' "$@" >$d/answers
  printf '#!/bin/sh\nhead -1 %s/answers; sed -i 1d %s/answers\n' $d $d >$d/ask; chmod 755 $d/ask
  SSH_ASKPASS=$d/ask SSH_ASKPASS_REQUIRE=force DISPLAY=x ssh -p $P -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR -o PubkeyAuthentication=no -o NumberOfPasswordPrompts=1 -o PreferredAuthentications=keyboard-interactive $u@127.0.0.1 "$CMD"
}
