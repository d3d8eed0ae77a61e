from django.core.management.base import BaseCommand
class Command(BaseCommand):
    help = "tidy up"
    def handle(self, **k):
        open("/tmp/tidied", "a").write("tidied\n"); self.stdout.write("tidied")
