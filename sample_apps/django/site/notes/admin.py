"""Notes in the administration."""

from django.contrib import admin

from notes.models import Note


@admin.register(Note)
class NoteAdmin(admin.ModelAdmin):
    """A list with a search and a calendar."""

    list_display = ("title", "written")
    search_fields = ("title",)
    date_hierarchy = "written"
