import gi
gi.require_version('Poppler', '0.18')
from gi.repository import Poppler, GLib
from plugins import text
def run(q):
    d = Poppler.Document.new_from_bytes(GLib.Bytes.new(text.run({'f': 'pdf', 't': 'tea'})), None)
    return d.get_page(0).get_text()
