"""Connections to the database end with the threads that opened them."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.signals import request_finished
from django.db import connection, transaction

from project.realtime.database import close_with_request


@pytest.mark.django_db(transaction=True)
def test_a_request_leaves_no_connection_behind() -> None:
    def request() -> bool:
        connection.ensure_connection()
        request_finished.send(sender=None)
        return connection.connection is None

    with ThreadPoolExecutor(1) as thread:
        assert thread.submit(request).result()


@pytest.mark.django_db(transaction=True)
def test_a_connection_in_a_transaction_is_left_alone() -> None:
    with transaction.atomic():
        before = connection.connection
        close_with_request()
        assert before is not None
        assert connection.connection is before
