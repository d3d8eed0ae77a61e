"""Notes for programs."""

from django.contrib.sitemaps import Sitemap
from django.contrib.syndication.views import Feed

from notes.models import Note


class LatestNotes(Feed):
    """The latest notes as RSS."""

    title = "Notes"
    link = "/"
    description = "What was written lately."

    def items(self):
        return Note.objects.order_by("-written")[:5]


class NoteSitemap(Sitemap):
    """All notes for search engines."""

    def items(self):
        return Note.objects.order_by("pk")
