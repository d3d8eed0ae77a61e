import subprocess
from shop.tasks import app
@app.task(name="shop.invoice")
def invoice(name="Ann"):
    from reportlab.platypus import SimpleDocTemplate, Paragraph, Table
    from reportlab.lib.styles import getSampleStyleSheet
    from reportlab.graphics.barcode import createBarcodeDrawing
    SimpleDocTemplate("/data/invoice.pdf").build([Paragraph(f"Invoice for {name}", getSampleStyleSheet()["Title"]), Table([["tea", "3"]]), createBarcodeDrawing("QR", value="x", width=99, height=99)])
    return subprocess.run(["pdftotext", "/data/invoice.pdf", "-"], capture_output=True, text=True, check=True).stdout
@app.task(name="shop.sheet")
def sheet():
    import openpyxl, magic
    w = openpyxl.Workbook(); w.active["A1"] = "tea"; w.save("/data/s.xlsx"); return magic.from_file("/data/s.xlsx")
@app.task(name="shop.pages")
def pages():
    from pypdf import PdfReader, PdfWriter
    w = PdfWriter(); w.append(PdfReader("/data/invoice.pdf")); w.encrypt("x", algorithm="AES-256"); w.write("/data/e.pdf"); return PdfReader("/data/e.pdf").is_encrypted
