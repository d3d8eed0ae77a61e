import io, os, subprocess, sys, tempfile
from pathlib import Path
from quart import Quart, request, Response
app = Quart(__name__)
HERE = Path(__file__).parent
@app.get("/health")
async def health(): return "ok"
@app.get("/page")
async def page():
    from PIL import Image, ImageDraw, ImageFont
    i = Image.new("RGB", (1200, 400), "white"); ImageDraw.Draw(i).text((60, 120), request.args["text"], fill="black", font=ImageFont.truetype("DejaVuSans.ttf", 90))
    b = io.BytesIO(); i.save(b, "PNG", dpi=(200, 200)); return Response(b.getvalue(), mimetype="image/png")
@app.post("/ocr")
async def ocr():
    import ocrmypdf
    kind = request.args["out"]; lang = request.args.get("lang", "eng")
    with tempfile.TemporaryDirectory() as d:
        d = Path(d); (d / "in.png").write_bytes(await request.get_data())
        options = {"language": [lang], "output_type": "pdfa" if kind == "pdfa" else "pdf", "progress_bar": False, "image_dpi": 200}
        if kind == "txt": options["sidecar"] = str(d / "o.txt")
        if kind == "clean": options.update(clean=True, rotate_pages=True, deskew=True)
        if kind == "small": options.update(optimize=3)
        command = ["ocrmypdf", "-l", lang, "--output-type", options["output_type"], "--image-dpi", "200"]
        if kind == "txt": command += ["--sidecar", str(d / "o.txt")]
        if kind == "clean": command += ["--clean", "--rotate-pages", "--deskew"]
        if kind == "small": command += ["--optimize", "3"]
        r = subprocess.run(command + [str(d / "in.png"), str(d / "o.pdf")], capture_output=True, text=True)
        if r.returncode: return Response(r.stderr, 500)
        return Response((d / ("o.txt" if kind == "txt" else "o.pdf")).read_bytes())
@app.post("/text")
async def text():
    from pdfminer.high_level import extract_text
    return extract_text(io.BytesIO(await request.get_data()))
@app.get("/barcode")
async def barcode():
    import qrcode
    from pyzbar.pyzbar import decode
    return decode(qrcode.make(request.args["text"]).convert("L"))[0].data.decode()
@app.get("/sphinx")
async def sphinx():
    from sphinx.cmd.build import main
    a = request.args; out = tempfile.mkdtemp()
    r = main(["-q", "-b", a["builder"], "-D", "language=" + a.get("language", "en"), "-D", "html_theme=" + a.get("theme", "alabaster"), str(HERE / "source"), out])
    if a.get("show"): return Path(out, "search.html").read_text()
    return f"{r}\n" + " ".join(str(p.relative_to(out)) for p in sorted(Path(out).rglob("*")))
@app.get("/mkdocs")
async def mkdocs():
    out = tempfile.mkdtemp(); r = subprocess.run(["mkdocs", "build", "-f", str(HERE / "mkdocs.yml"), "-d", out], capture_output=True, text=True)
    return " ".join(os.listdir(out)) + r.stderr
@app.get("/pygments")
async def pyg():
    from pygments import highlight; from pygments.lexers import get_lexer_by_name; from pygments.formatters import get_formatter_by_name
    return highlight("int x = 1;", get_lexer_by_name(request.args["lexer"]), get_formatter_by_name(request.args["form"]))
@app.get("/mail")
async def mail():
    from email.message import EmailMessage
    m = EmailMessage(); m["Subject"] = "Täglich ✓"; m.set_content("grün"); return m.as_string()
