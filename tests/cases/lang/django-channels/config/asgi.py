import os
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
from django.core.asgi import get_asgi_application
django_app = get_asgi_application()
from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter
from invoices.routing import websocket_urlpatterns
application = ProtocolTypeRouter({"http": django_app, "websocket": AuthMiddlewareStack(URLRouter(websocket_urlpatterns))})
