"""Lists for looking only."""

from project import looking


class ToLookAt(looking.ToLookAt):
    """Rows that staff can look at and not change by hand, in the order of an index and no other."""

    ordering = ("-pk",)
    sortable_by = ()
