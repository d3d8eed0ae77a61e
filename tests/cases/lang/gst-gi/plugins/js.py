import gi
gi.require_version('Json', '1.0'); gi.require_version('Soup', '3.0')
from gi.repository import Json, Soup, GLib
def run(q):
    p = Json.Parser(); p.load_from_data('{"a": [1, 2]}', -1)
    m = Soup.Session().send_and_read(Soup.Message.new('GET', 'http://127.0.0.1:8080/health'), None)
    return str(p.get_root().get_object().get_array_member('a').get_length()) + m.get_data().decode()
