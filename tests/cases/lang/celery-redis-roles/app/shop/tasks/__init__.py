import os
from celery import Celery
app = Celery("shop"); app.config_from_object(os.environ["CELERY_CONFIG"])
