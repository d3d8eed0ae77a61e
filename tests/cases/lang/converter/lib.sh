D=/tmp/unseen-conv; mkdir -p $D; cd $D
[ -e a.png ] || python3 - <<'P'
import zlib,struct,math,wave,zipfile
def png(w,h):
    c=lambda t,d: struct.pack(">I",len(d))+t+d+struct.pack(">I",zlib.crc32(t+d))
    return b"\x89PNG\r\n\x1a\n"+c(b"IHDR",struct.pack(">IIBBBBB",w,h,8,2,0,0,0))+c(b"IDAT",zlib.compress((b"\0"+b"\xff\0\0"*w)*h))+c(b"IEND",b"")
open("a.png","wb").write(png(100,100))
w=wave.open("a.wav","wb"); w.setnchannels(1); w.setsampwidth(2); w.setframerate(48000); w.writeframes(b"".join(struct.pack("<h",int(9000*math.sin(i/20))) for i in range(24000))); w.close()
open("a.svg","w").write('<svg xmlns="http://www.w3.org/2000/svg" width="90" height="30"><text x="1" y="20" font-family="DejaVu Sans">tea</text></svg>')
open("a.html","w").write("<meta charset=utf-8><h1 style='font-family:Liberation Serif'>Tea</h1><script>document.write(6*7)</script>")
open("a.txt","w").write("Tea and milk\n"); open("a.csv","w").write("a,b\n1,2\n")
z=zipfile.ZipFile("a.docx","w")
z.writestr("[Content_Types].xml",'<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>')
z.writestr("_rels/.rels",'<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>')
z.writestr("word/document.xml",'<?xml version="1.0"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>Dear tea</w:t></w:r></w:p></w:body></w:document>'); z.close()
P
X() { curl -fsS --data-binary @$D/$2 $URL/$1; }
