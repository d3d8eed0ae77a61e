import pathlib
from jupyter_server.base.handlers import JupyterHandler
from nbconvert.exporters import MarkdownExporter
class Note(JupyterHandler):
    def get(self): self.finish(pathlib.Path(__file__).with_name("note.txt").read_text())
def _jupyter_server_extension_points(): return [{"module": "shop_ext"}]
def _load_jupyter_server_extension(app): app.web_app.add_handlers(".*$", [(app.base_url + "shop/note", Note)])
class ShopExporter(MarkdownExporter):
    def from_notebook_node(self, nb, resources=None, **k): t, r = super().from_notebook_node(nb, resources, **k); return "SHOP\n" + t, r
