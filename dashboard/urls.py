"""The pages of the dashboard, included at the root of the site."""

from django.urls import path

from . import alert_views, views

urlpatterns = [
    path("dashboard/", views.boards, name="boards"),
    path("dashboard/alerts/", alert_views.alerts, name="alerts"),
    path("dashboard/alerts/rules/new/", alert_views.rule, name="rule_new"),
    path("dashboard/alerts/rules/<int:rule_id>/", alert_views.rule, name="rule"),
    path("dashboard/<slug:slug>/", views.board, name="board"),
]
