import logging
from django.db.models.signals import post_save
from django.dispatch import receiver
from .models import Invoice
@receiver(post_save, sender=Invoice)
def saved(sender, instance, created, **kwargs):
    logging.getLogger("invoices").info("invoice saved", extra={"number": instance.number, "is_new": created})
