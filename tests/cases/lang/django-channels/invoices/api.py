from django_countries.serializers import CountryFieldMixin
from phonenumber_field.serializerfields import PhoneNumberField
from rest_framework import serializers, viewsets
from .models import Customer, Invoice
class CustomerSerializer(CountryFieldMixin, serializers.ModelSerializer):
    phone = PhoneNumberField(required=False)
    class Meta:
        model = Customer
        fields = "__all__"
class InvoiceSerializer(serializers.ModelSerializer):
    class Meta:
        model = Invoice
        fields = "__all__"
class CustomerViewSet(viewsets.ModelViewSet):
    queryset = Customer.objects.order_by("id")
    serializer_class = CustomerSerializer
    search_fields = ["name"]
class InvoiceViewSet(viewsets.ModelViewSet):
    queryset = Invoice.objects.select_related("customer")
    serializer_class = InvoiceSerializer
    filterset_fields = {"status": ["exact"], "amount": ["gte", "lte"]}
