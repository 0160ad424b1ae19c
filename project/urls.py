"""Addresses of the whole site."""

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.decorators import login_required
from django.urls import include, path
from django.views.generic import RedirectView, TemplateView

from project.api import api
from project.realtime import views

urlpatterns = [
    path("favicon.ico", RedirectView.as_view(url=f"{settings.STATIC_URL}project/favicon.svg")),
    path("healthz", views.healthz),
    path("readyz", views.readyz),
    path("metrics", views.metrics),
    path("admin/", admin.site.urls),
    path("api/v1/docs", login_required(TemplateView.as_view(template_name="api/docs.html")), name="api_docs"),
    path("api/v1/", api.urls),
    path("", include("project.accounts.urls")),
    path("", include("notifications.urls")),
    path("", include("notifications.outreach.urls")),
    path("", include("dashboard.sharing.urls")),
    path("", include("dashboard.urls")),
    path("", include("dashboard.ingest.urls")),
    path("", include("chat.urls")),
]
