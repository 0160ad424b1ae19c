"""What a link opens, included at the root of the site."""

from django.urls import path

from . import views

urlpatterns = [
    path("dashboard/shared/<slug:secret>/", views.board, name="shared_board"),
    path("dashboard/shared/<slug:secret>/data", views.data, name="shared_data"),
]
