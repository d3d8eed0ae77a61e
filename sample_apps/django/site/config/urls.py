"""Every address of the site."""

from django.contrib import admin
from django.contrib.sitemaps.views import sitemap
from django.urls import path
from django.views.i18n import JavaScriptCatalog
from notes import views
from notes.feeds import LatestNotes, NoteSitemap

urlpatterns = [
    path("health", views.health),
    path("", views.index),
    path("write", views.write),
    path("numbers", views.numbers),
    path("moment/<path:zone>", views.moment),
    path("table.csv", views.table),
    path("broken", views.broken),
    path("feed", LatestNotes()),
    path("sitemap.xml", sitemap, {"sitemaps": {"notes": NoteSitemap}}),
    path("catalog.js", JavaScriptCatalog.as_view(packages=["django.contrib.admin"])),
    path("admin/", admin.site.urls),
]
