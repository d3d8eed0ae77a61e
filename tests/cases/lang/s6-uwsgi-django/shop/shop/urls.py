import json, subprocess
from django.contrib import admin; from django.urls import path, include; from django.http import HttpResponse, Http404, JsonResponse; from django.shortcuts import render; from django.conf import settings; from django.utils.module_loading import import_string; from django.utils import timezone, translation, formats; from django.core.cache import cache
from django.contrib.postgres.search import SearchVector, TrigramSimilarity; from django.core.mail import EmailMultiAlternatives; from django.contrib.sitemaps.views import sitemap; from django.contrib.sitemaps import Sitemap; from django.views.decorators.csrf import csrf_exempt
from .models import Good
def health(q): return HttpResponse("ok")
def home(q): return render(q, "shop/home.html", {"goods": Good.objects.order_by("name"), "day": timezone.datetime(2024, 7, 1, 12, tzinfo=timezone.utc), "n": 1234567})
def export(q, kind):
    if kind not in settings.EXPORTERS: raise Http404("no such kind")
    return HttpResponse(import_string(settings.EXPORTERS[kind])(Good.objects.all()), content_type="application/octet-stream")
def search(q): return JsonResponse({"unaccent": list(Good.objects.filter(name__unaccent__icontains="cafe").values_list("name", flat=True)), "like": Good.objects.annotate(s=TrigramSimilarity("name", "teaa")).order_by("-s").first().name, "full": Good.objects.annotate(v=SearchVector("name", config="german")).filter(v="tea").count(), "more": Good.objects.filter(more__a="b", tags__contains=["hot"]).count()})
def caching(q): cache.set("x", {"a": 1}); return JsonResponse(cache.get("x"))
def mail(q): m = EmailMultiAlternatives("é", "x", "a@x.example", ["b@x.example"]); m.attach_alternative("<b>x</b>", "text/html"); m.attach("a.txt", b"x", "text/plain"); return HttpResponse(str(m.send()))
def spool(q):
    from .spool import work; work.spool(name="bill"); return HttpResponse("later")
@csrf_exempt
def ocr(q): f = q.FILES["f"]; p = subprocess.run(["tesseract", "-", "-", "-l", "eng", "--psm", "7"], input=f.read(), capture_output=True); return HttpResponse(p.stdout + p.stderr)
def badge(q):
    from PIL import Image, ImageDraw, ImageFont; import io; i = Image.new("L", (300, 60), 255); ImageDraw.Draw(i).text((10, 10), "TEA 42", fill=0, font=ImageFont.truetype("DejaVuSans.ttf", 36)); o = io.BytesIO(); i.save(o, q.GET.get("as", "PNG")); return HttpResponse(o.getvalue(), content_type="image/png")
def rst(q): from docutils.core import publish_parts; import markdown; return HttpResponse(publish_parts("T\n=\n\n.. code:: python\n\n   x = 1\n\n.. math:: x^2\n", writer_name="html5", settings_overrides={"input_encoding": "unicode"})["whole"][-900:] + markdown.markdown("a|b\n-|-\n1|2", extensions=["tables", "codehilite", "toc"]))
def babel(q): from babel.numbers import format_currency; from babel.dates import format_date; from dateutil import tz, parser; return HttpResponse(format_currency(1234.5, "JPY", locale="ja_JP") + " " + format_date(parser.parse("2024-07-01"), "full", locale="cs_CZ") + str(tz.gettz("Asia/Kolkata").utcoffset(parser.parse("2024-07-01"))))
def fetch(q):
    import requests, ssl, lxml.etree as e
    try: requests.get("https://127.0.0.1:1")
    except requests.ConnectionError as x: return HttpResponse(f"refused {len(ssl.create_default_context().get_ca_certs()) > 50} {e.XSLT(e.XML('<xsl:stylesheet version=%r xmlns:xsl=%r><xsl:template match=%r><o/></xsl:template></xsl:stylesheet>' % ('1.0', 'http://www.w3.org/1999/XSL/Transform', '/')))(e.XML('<a/>'))}")
def crash(q): raise ValueError("on demand")
class S(Sitemap):
    def items(self): return Good.objects.order_by("name")
    def location(self, g): return f"/good/{g.pk}"
urlpatterns = [path("health", health), path("", home), path("export/<kind>", export), path("search", search), path("cache", caching), path("mail", mail), path("spool", spool), path("ocr", ocr), path("badge", badge), path("rst", rst), path("babel", babel), path("fetch", fetch), path("crash", crash), path("admin/doc/", include("django.contrib.admindocs.urls")), path("admin/", admin.site.urls), path("sitemap.xml", sitemap, {"sitemaps": {"s": S}}), path("i18n/", include("django.conf.urls.i18n"))]
