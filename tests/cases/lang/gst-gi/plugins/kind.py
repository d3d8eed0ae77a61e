from gi.repository import Gio
def run(q): return Gio.content_type_guess(q['name'], None)[0] + ' ' + Gio.content_type_get_description('image/png')
