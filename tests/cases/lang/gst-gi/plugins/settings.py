from gi.repository import Gio
def run(q):
    s = Gio.Settings.new('org.tea.Shop')
    if 'v' in q: s.set_int('price', int(q['v'])); Gio.Settings.sync()
    return str(s.get_int('price'))
