"""Notes."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Note(models.Model):
    """One note."""

    title = models.CharField(_("title"), max_length=80)
    text = models.TextField(_("text"), blank=True)
    written = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return f"/#{self.pk}"
