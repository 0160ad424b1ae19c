"""Where programs send measurements that speak no language of ours."""

from django.urls import path

from . import views

urlpatterns = [path("v1/metrics", views.metrics, name="otlp_metrics")]
