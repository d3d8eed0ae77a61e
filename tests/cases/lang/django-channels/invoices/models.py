from django.db import models
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField
from phonenumber_field.modelfields import PhoneNumberField
class Customer(models.Model):
    name = models.CharField(_("name"), max_length=100)
    email = models.EmailField(blank=True)
    country = CountryField(default="DE")
    phone = PhoneNumberField(blank=True)
    def __str__(self):
        return self.name
class Invoice(models.Model):
    class Status(models.TextChoices):
        OPEN = "open", _("open")
        PAID = "paid", _("paid")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE)
    number = models.CharField(_("number"), max_length=20, unique=True)
    amount = models.DecimalField(max_digits=10, decimal_places=2)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OPEN)
    issued = models.DateField()
    class Meta:
        verbose_name = _("invoice")
        verbose_name_plural = _("invoices")
        ordering = ["number"]
