from django.db import migrations, models
import django.contrib.postgres.fields, django.contrib.postgres.fields.hstore
class Migration(migrations.Migration):
    initial = True; dependencies = []
    operations = [migrations.CreateModel("Good", [("id", models.BigAutoField(primary_key=True)), ("name", models.CharField(max_length=20, unique=True)), ("price", models.DecimalField(max_digits=8, decimal_places=2)), ("tags", django.contrib.postgres.fields.ArrayField(models.CharField(max_length=9), default=list)), ("more", django.contrib.postgres.fields.hstore.HStoreField(default=dict)), ("picture", models.ImageField(blank=True, upload_to=""))])]
