# ssh.sh: sourced by the checks; S user command…: by key, P user password command…: by password
IP=$(docker inspect -f '{{.NetworkSettings.IPAddress}}' $C)
O="-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR -o ConnectTimeout=10"
D=/tmp/unseen-backup; mkdir -p $D; [ -e $D/id ] || ssh-keygen -q -t ed25519 -N '' -f $D/id
for u in ann bob vault; do docker exec -i $C sh -c "h=\$(getent passwd $u | cut -d: -f6); mkdir -p \$h/.ssh; cat >\$h/.ssh/authorized_keys; chown -R $u \$h/.ssh; chmod 700 \$h/.ssh" <$D/id.pub; done
S() { u=$1; shift; ssh $O -i $D/id -o BatchMode=yes $u@$IP "$@"; }
P() { u=$1; printf '#!/bin/sh\necho %s\n' "$2" >$D/ask; chmod +x $D/ask; shift 2; SSH_ASKPASS=$D/ask SSH_ASKPASS_REQUIRE=force setsid ssh $O -o PubkeyAuthentication=no $u@$IP "$@" </dev/null; }
