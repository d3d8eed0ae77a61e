from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView
from rest_framework.routers import DefaultRouter
from invoices import api, views
router = DefaultRouter()
router.register("customers", api.CustomerViewSet)
router.register("invoices", api.InvoiceViewSet)
urlpatterns = [path("", views.index), path("health/", views.health), path("admin/", admin.site.urls), path("accounts/", include("django.contrib.auth.urls")), path("i18n/", include("django.conf.urls.i18n")),
    path("api/", include(router.urls)), path("api-auth/", include("rest_framework.urls")), path("api/schema/", SpectacularAPIView.as_view(), name="schema"), path("api/docs/", SpectacularSwaggerView.as_view(url_name="schema")),
    path("invoice/<int:pk>.pdf", views.pdf), path("invoice/<int:pk>.html.pdf", views.html_pdf), path("report.xlsx", views.report), path("qr.png", views.qr),
    path("customer/new/", views.customer_new), path("upload/", views.upload), path("crash/", views.crash), path("notes/", views.notes), path("mail/<int:pk>/", views.mail), path("task/", views.task), path("dates/", views.dates)]
if settings.DEBUG:
    urlpatterns.append(path("__debug__/", include("debug_toolbar.urls")))
