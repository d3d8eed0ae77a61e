cd "$OUT"
login() { rm -f jar; docker exec $C php /var/lib/mediawiki/maintenance/resetUserEmail.php Admin a@example.com --no-reset-password >/dev/null 2>&1; T=$(curl -fsS -c jar "$URL/api.php?action=query&meta=tokens&type=login&format=json" | sed 's/.*logintoken":"\([^"]*\)".*/\1/; s/\\\\/\\/g'); curl -fsS -b jar -c jar --data-urlencode "lgtoken=$T" -d 'action=login&lgname=Admin&format=json&lgpassword=Long-pass-word-1' $URL/api.php >/dev/null; }
token() { curl -fsS -b jar "$URL/api.php?action=query&meta=tokens&format=json" | sed 's/.*csrftoken":"\([^"]*\)".*/\1/; s/\\\\/\\/g'; }
edit() { curl -fsS -b jar --data-urlencode "token=$(token)" --data-urlencode "text=$(printf "$2")" -d "action=edit&format=json&title=$1" $URL/api.php; }
up() { [ -s a.png ] || python3 -c "
import zlib,struct
def c(t,d): b=t+d; return struct.pack('>I',len(d))+b+struct.pack('>I',zlib.crc32(b))
open('a.png','wb').write(b'\x89PNG\r\n\x1a\n'+c(b'IHDR',struct.pack('>IIBBBBB',200,100,8,2,0,0,0))+c(b'IDAT',zlib.compress((b'\0'+b'\x10\x80\x80'*200)*100))+c(b'IEND',b''))"; echo '<svg xmlns="http://www.w3.org/2000/svg" width="200" height="100"><text y="50">tea</text></svg>' >a.svg; curl -fsS -b jar -F "token=$(token)" -F action=upload -F format=json -F ignorewarnings=1 -F "filename=$1" -F "file=@$1" $URL/api.php; }
