"""The application of notes."""

from django.apps import AppConfig


class NotesConfig(AppConfig):
    """Found by its place."""

    name = "notes"
