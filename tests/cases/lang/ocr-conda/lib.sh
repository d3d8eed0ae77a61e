cd "$OUT"
[ -s page.png ] || curl -fsS "$URL/page?text=HELLO%20WORLD" -o page.png
