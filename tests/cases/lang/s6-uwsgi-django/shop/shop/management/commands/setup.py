from django.core.management.base import BaseCommand
class Command(BaseCommand):
    def handle(self, **k):
        from django.contrib.auth.models import User; from shop.models import Good
        User.objects.create_superuser("ann", "ann@x.example", "secret-word-9"); [Good.objects.create(name=n, price=p, tags=["hot"], more={"a": "b"}) for n, p in [("tea", 3), ("café", 2.5)]]
