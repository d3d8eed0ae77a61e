import gi
gi.require_version('Rsvg', '2.0'); gi.require_version('GdkPixbuf', '2.0')
from gi.repository import Rsvg, GdkPixbuf, Gio, GLib
def run(q):
    data = b'<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20"><rect width="20" height="20" fill="red"/></svg>'
    if q.get('how') == 'loader':
        l = GdkPixbuf.PixbufLoader.new_with_type('svg') ; l.write(data); l.close(); p = l.get_pixbuf()
    else: p = Rsvg.Handle.new_from_data(data).get_pixbuf()
    return p.save_to_bufferv(q.get('f', 'png'), [], [])[1]
