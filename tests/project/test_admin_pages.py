"""Every list, form and page of the admin, with rows in it, at a cost that does not grow with them."""

import pytest
from django.contrib import admin
from django.db import connection
from django.db.models import Model
from django.http import HttpRequest
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import Settings

from project.accounts.models import User
from tests.support import rows

ROWS = 12
QUERIES_MAX = 11
"""Who it is, what they may, the page and its count, and a few for all its rows: with one a row it would be more."""
MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)


@pytest.fixture
def staff(db: None, settings: Settings) -> Client:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.SECURE_SSL_REDIRECT = False
    rows.make(ROWS)
    client = Client()
    client.force_login(User.objects.create(username="staff", is_staff=True, is_superuser=True))
    return client


def address(model: type[Model], page: str, *args: object) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def test_every_page_of_every_model_opens_at_a_bounded_cost(staff: Client) -> None:
    complaints = []

    def look(url: str) -> str:
        with CaptureQueriesContext(connection) as spent:
            answer = staff.get(url)
        if answer.status_code != 200 or len(spent) > QUERIES_MAX:
            complaints.append(f"{url}: {answer.status_code} with {len(spent)} queries")
        return answer.content.decode()

    for model in MODELS:
        listed = look(address(model, "changelist"))
        if listed.count('<tr><td class="action-checkbox">') + listed.count("<tr><th") < ROWS:
            complaints.append(f"{model._meta.label}: rows are missing")
        look(address(model, "change", rows.of(model).pk))
        if admin.site._registry[model].has_add_permission(_request(staff)):
            look(address(model, "add"))
        if admin.site._registry[model].search_fields:
            look(f"{address(model, 'changelist')}?q=a")
    assert not complaints, "\n".join(complaints)


def _request(staff: Client) -> HttpRequest:
    return staff.get("/admin/").wsgi_request
