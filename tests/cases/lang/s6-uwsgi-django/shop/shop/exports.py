import io
def excel(goods): 
    import openpyxl; w = openpyxl.Workbook(); [w.active.append([g.name, float(g.price)]) for g in goods]; o = io.BytesIO(); w.save(o); return o.getvalue()
def pdf(goods):
    from weasyprint import HTML; return HTML(string="<h1>Shop</h1>" + "".join(f"<p>{g.name}</p>" for g in goods)).write_pdf()
def qr(goods):
    import qrcode; o = io.BytesIO(); qrcode.make("x").save(o, "PNG"); return o.getvalue()
def bar(goods):
    from reportlab.graphics.barcode import createBarcodeDrawing; return createBarcodeDrawing("EAN13", value="123456789012").asString("svg")
