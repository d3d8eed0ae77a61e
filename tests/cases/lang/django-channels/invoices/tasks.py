from celery import shared_task
from .models import Invoice
@shared_task
def total():
    return str(sum(i.amount for i in Invoice.objects.all()))
@shared_task
def remind():
    return Invoice.objects.filter(status="open").count()
