"""What is written into the browser."""

from django import forms

from notes.models import Note


class NoteForm(forms.ModelForm):
    """A new note."""

    class Meta:
        model = Note
        fields = ("title", "text")
