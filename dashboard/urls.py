"""The pages of the dashboard, included at the root of the site."""

from django.urls import path

from . import views

urlpatterns = [
    path("dashboard/", views.boards, name="boards"),
    path("dashboard/<slug:slug>/", views.board, name="board"),
]
