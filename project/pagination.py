"""Lists of tables that may be large."""

from functools import cached_property
from typing import Any

from django.core.paginator import Paginator

LISTED_MAX = 10_000  # rows one can page through: a hundred pages; what is further down is found by search


class BoundedPaginator(Paginator):
    """Never counts a whole table: only whether there are LISTED_MAX rows."""

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        return len(rows.order_by("-pk").values_list("pk", flat=True)[:LISTED_MAX])
