import gi
gi.require_version('Pango', '1.0'); gi.require_version('PangoCairo', '1.0')
from gi.repository import Pango, PangoCairo
import cairo, io
def run(q):
    kind = q.get('f', 'png'); out = io.BytesIO()
    s = cairo.PDFSurface(out, 200, 50) if kind == 'pdf' else cairo.SVGSurface(out, 200, 50) if kind == 'svg' else cairo.ImageSurface(cairo.FORMAT_ARGB32, 200, 50)
    c = cairo.Context(s); l = PangoCairo.create_layout(c); l.set_markup('<b>Grüße</b> ' + q.get('t', '')); l.set_font_description(Pango.FontDescription('DejaVu Sans 12'))
    PangoCairo.show_layout(c, l)
    assert l.get_pixel_size()[0] > 20
    if kind == 'png': s.write_to_png(out)
    s.finish(); return out.getvalue()
