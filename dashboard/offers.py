"""What the dashboard offers to rooms, see project/between: `/metric`, what hangs below messages, and charts."""

from project.between import annotations, attachments, slashes
from project.between.attachments import AttachmentType
from project.between.slashes import Slash

from .actions.annotations import tell
from .slashes import USAGE, attach
from .suggesting import suggest

STYLES = (
    "vendor/uplot/uPlot.min.css",
    "dashboard/panels.css",
    "dashboard/annotations.css",
    "dashboard/attachments.css",
)


def register() -> None:
    """Makes them known."""
    for name in ("alert", "chart"):
        module, template = f"dashboard/attachment_{name}.js", f"dashboard/attachments/{name}.html"
        attachments.register(AttachmentType(name, module, template, STYLES))
    annotations.on_change(tell)
    slashes.register(Slash("metric", USAGE, "Shows a live chart of what is measured", attach, suggest))
