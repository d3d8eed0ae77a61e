from django.contrib import admin
from import_export.admin import ImportExportModelAdmin
from .models import Customer, Invoice
@admin.register(Customer)
class CustomerAdmin(ImportExportModelAdmin):
    list_display = ["name", "country", "phone"]
    search_fields = ["name"]
@admin.register(Invoice)
class InvoiceAdmin(admin.ModelAdmin):
    list_display = ["number", "customer", "amount", "status"]
    list_filter = ["status"]
    date_hierarchy = "issued"
    autocomplete_fields = ["customer"]
