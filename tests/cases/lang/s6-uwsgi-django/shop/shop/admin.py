from django.contrib import admin
from .models import Good
@admin.register(Good)
class A(admin.ModelAdmin):
    list_display = ["name", "price"]; search_fields = ["name"]
