from django.core.management.base import BaseCommand
import tablib
from invoices.models import Invoice
class Command(BaseCommand):
    help = "exports invoices"
    def add_arguments(self, parser):
        parser.add_argument("--format", default="csv")
    def handle(self, **options):
        data = tablib.Dataset(headers=["number", "amount"])
        for i in Invoice.objects.all():
            data.append([i.number, str(i.amount)])
        out = data.export(options["format"])
        self.stdout.write(out if isinstance(out, str) else f"{len(out)} bytes {out[:2]!r}")
