"""Pages of the site."""

import csv
from datetime import UTC, datetime

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _

from notes.forms import NoteForm
from notes.models import Note


def health(request):
    return JsonResponse({"status": "ok", "notes": Note.objects.count()})


def index(request):
    return render(request, "notes/index.html", {"notes": Note.objects.all()})


def write(request):
    form = NoteForm(request.POST or None)
    if form.is_valid():
        form.save()
        return redirect("/")
    return render(request, "notes/write.html", {"form": form})


def numbers(request):
    """Figures and dates in the visitor's language."""
    day = datetime(2024, 7, 1, tzinfo=UTC)
    return render(request, "notes/numbers.html", {"day": day, "count": 1234567, "seen": day})


def moment(request, zone):
    import zoneinfo

    with timezone.override(zoneinfo.ZoneInfo(zone)), translation.override("fr"):
        local = timezone.localtime(datetime(2024, 7, 1, 12, tzinfo=UTC))
        return HttpResponse(formats.date_format(local, "DATETIME_FORMAT"))


def table(request):
    answer = HttpResponse(content_type="text/csv; charset=cp1252")
    writer = csv.writer(answer)
    writer.writerow([_("title"), "€"])
    return answer


def broken(request):
    raise RuntimeError("a bug in the notes")
