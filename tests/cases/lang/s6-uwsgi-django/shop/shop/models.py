from django.db import models
from django.contrib.postgres.fields import ArrayField, HStoreField
class Good(models.Model):
    name = models.CharField(max_length=20, unique=True); price = models.DecimalField(max_digits=8, decimal_places=2); tags = ArrayField(models.CharField(max_length=9), default=list); more = HStoreField(default=dict); picture = models.ImageField(blank=True)
    def __str__(self): return self.name
