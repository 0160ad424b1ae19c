"""The pages of the chat, included at the root of the site."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.home, name="home"),
    path("rooms/", views.rooms, name="rooms"),
    path("rooms/find/", views.find_rooms, name="find_rooms"),
    path("rooms/<int:room_id>/", views.room, name="room"),
]
