json=
out() { if [ -n "$json" ]; then jq -cRs --arg c "$1" '{check: $c, text: .}'; else sed "s/^/$1: /"; fi; }
