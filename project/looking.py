"""Pages of the admin for looking only, and how they show what is kept in a raw form."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from project.pagination import BoundedPaginator

NOTHING = "–"


class Whether(admin.EmptyFieldListFilter):
    """Rows to which something has happened, or not: what is kept of that is its moment, or a text."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = str(self.title).removesuffix(" at").removesuffix(" to")

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        for choice, name in zip(super().choices(changelist), ("All", "No", "Yes"), strict=True):
            yield {**choice, "display": name}


class _Prepared(ChangeList):
    model_admin: "ToLookAt"

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.result_list = list(self.result_list)
        self.model_admin.prepare(self.result_list)


class ToLookAt(admin.ModelAdmin):
    """Rows that staff can look at and not change by hand."""

    paginator = BoundedPaginator
    show_full_result_count = False

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return _Prepared

    def prepare(self, rows: Sequence[Any]) -> None:
        """What all rows of a page need is read here, at once."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def moment(at: float | datetime | None) -> str:
    """A moment, or Unix seconds, by the reader's clock; None and 0 are never."""
    if not at:
        return NOTHING
    return date_format(
        localtime(at if isinstance(at, datetime) else datetime.fromtimestamp(at, UTC)), "DATETIME_FORMAT"
    )


def labels(of: str | Mapping[str, str]) -> str:
    """Labels, or their JSON, as in host=a, zone=eu."""
    found: Mapping[str, str] = json.loads(of) if isinstance(of, str) else of
    return ", ".join(f"{name}={value}" for name, value in found.items()) or NOTHING


def pretty(value: Any) -> SafeString:
    """JSON, to be read."""
    return preformatted(json.dumps(value, indent=2, ensure_ascii=False))


def preformatted(text: str) -> SafeString:
    """Text with its lines as they are."""
    return format_html('<pre class="raw">{}</pre>', text) if text else SafeString(NOTHING)


def link(address: str, text: str) -> SafeString:
    """A way to a page."""
    return format_html('<a href="{}">{}</a>', address, text)


def table(heads: Iterable[str], rows: Iterable[Iterable[Any]]) -> SafeString:
    """Rows below their heads; a dash where there are none."""
    lines = [
        format_html("<tr>{}</tr>", format_html_join("", "<td>{}</td>", ((cell,) for cell in row)))
        for row in rows
    ]
    if not lines:
        return SafeString(NOTHING)
    head = format_html_join("", "<th>{}</th>", ((text,) for text in heads))
    body = format_html_join("", "{}", ((line,) for line in lines))
    return format_html('<table class="shown"><thead><tr>{}</tr></thead><tbody>{}</tbody></table>', head, body)
