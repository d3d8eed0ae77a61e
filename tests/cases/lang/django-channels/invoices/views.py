import io
from babel.dates import format_date
from babel.numbers import format_currency
from django.core.mail import EmailMultiAlternatives
from django.db import connection
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.views.decorators.csrf import csrf_exempt
from .forms import CustomerForm
from .models import Invoice
def health(request):
    connection.cursor().execute("SELECT 1")
    return JsonResponse({"status": "ok"})
def index(request):
    return render(request, "invoices/index.html", {"invoices": Invoice.objects.all(), "now": timezone.now()})
def pdf(request, pk):
    from reportlab.graphics.barcode import code128
    from reportlab.graphics.barcode.qr import QrCodeWidget
    from reportlab.lib.pagesizes import A4
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.pdfgen import canvas
    invoice = get_object_or_404(Invoice, pk=pk)
    out = io.BytesIO()
    page = canvas.Canvas(out, pagesize=A4, pageCompression=0)
    pdfmetrics.registerFont(TTFont("Vera", "Vera.ttf"))
    pdfmetrics.registerFont(UnicodeCIDFont("HeiseiMin-W3"))
    page.setFont("Vera", 14)
    page.drawString(72, 770, "Invoice " + invoice.number)
    page.setFont("HeiseiMin-W3", 14)
    page.drawString(72, 740, "請求書")
    page.setFont("Times-Italic", 10)
    page.drawString(72, 720, "thank you")
    code128.Code128(invoice.number, barHeight=30).drawOn(page, 72, 660)
    page.showPage()
    page.save()
    return HttpResponse(out.getvalue(), content_type="application/pdf")
def html_pdf(request, pk):
    from xhtml2pdf import pisa
    out = io.BytesIO()
    result = pisa.CreatePDF(render_to_string("invoices/invoice.html", {"invoice": get_object_or_404(Invoice, pk=pk)}), dest=out)
    return HttpResponse(out.getvalue(), content_type="application/pdf", status=500 if result.err else 200)
def report(request):
    from openpyxl import Workbook
    from openpyxl.chart import BarChart, Reference
    from openpyxl.styles import Font
    book = Workbook()
    sheet = book.active
    sheet.append(["number", "amount"])
    sheet["A1"].font = Font(bold=True)
    for invoice in Invoice.objects.all():
        sheet.append([invoice.number, invoice.amount])
    chart = BarChart()
    chart.add_data(Reference(sheet, min_col=2, min_row=1, max_row=4), titles_from_data=True)
    sheet.add_chart(chart, "D2")
    out = io.BytesIO()
    book.save(out)
    return HttpResponse(out.getvalue(), content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
def qr(request):
    import qrcode
    out = io.BytesIO()
    qrcode.make(request.GET.get("text", "x")).save(out, "PNG")
    return HttpResponse(out.getvalue(), content_type="image/png")
@csrf_exempt
def upload(request):
    from PIL import Image, ImageDraw, ImageFont, ImageOps
    picture = ImageOps.exif_transpose(Image.open(request.FILES["file"])).convert("RGB")
    picture.thumbnail((64, 64))
    ImageDraw.Draw(picture).text((1, 1), "(c)", font=ImageFont.load_default(10))
    out = io.BytesIO()
    kind = request.GET.get("format", "webp")
    picture.save(out, kind)
    return HttpResponse(out.getvalue(), content_type="image/" + kind)
def customer_new(request):
    form = CustomerForm(request.POST or None)
    return render(request, "invoices/form.html", {"form": form})
def notes(request):
    import bleach, markdown
    return HttpResponse(bleach.clean(markdown.markdown(request.GET.get("text", ""), extensions=["tables", "fenced_code"]), tags={"table", "tr", "td", "th", "thead", "tbody", "p", "strong"}))
def mail(request, pk):
    invoice = get_object_or_404(Invoice, pk=pk)
    with translation.override(request.GET.get("lang", "en")):
        message = EmailMultiAlternatives("Invoice", render_to_string("invoices/mail.txt", {"invoice": invoice}), "a@example.org", ["b@example.org"])
        message.attach_alternative(render_to_string("invoices/invoice.html", {"invoice": invoice}), "text/html")
    return HttpResponse(message.message().as_bytes(), content_type="text/plain")
def task(request):
    from .tasks import total
    return JsonResponse({"total": total.apply().get()})
def dates(request):
    locale = request.GET.get("locale", "en")
    return HttpResponse(format_date(timezone.datetime(2024, 3, 5), "full", locale=locale) + "|" + format_currency(1234.5, "EUR", locale=locale))
def crash(request):
    raise RuntimeError("crash on demand")
