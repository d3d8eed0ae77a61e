"""Signs in to the administration through its own form, as a browser does."""

import urllib.parse
import urllib.request
from http.cookiejar import CookieJar

from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    """`manage.py greet USER PASSWORD`."""

    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument("user")
        parser.add_argument("password")

    def handle(self, *, user, password, **_):
        login = "http://127.0.0.1:8000/admin/login/?next=/admin/notes/note/"
        cookies = CookieJar()
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(cookies))
        opener.open(login).read()
        (token,) = (cookie.value for cookie in cookies if cookie.name == "csrftoken")
        form = {"username": user, "password": password, "csrfmiddlewaretoken": token}
        page = opener.open(login, urllib.parse.urlencode(form).encode()).read().decode()
        if "Select note to change" not in page:
            raise CommandError("not signed in")
        page = opener.open("http://127.0.0.1:8000/admin/notes/note/add/").read().decode()
        self.stdout.write("signed in" if "vTextField" in page else "no form")
