"""The pages of the notifications, included at the root of the site."""

from django.urls import path

from . import views

urlpatterns = [
    path("notifications/", views.inbox, name="notifications"),
    path("notifications/preferences/", views.show_preferences, name="notification_preferences"),
    path("notifications/<int:notification_id>/open/", views.open_notification, name="open_notification"),
    path("service-worker.js", views.service_worker, name="service_worker"),
]
