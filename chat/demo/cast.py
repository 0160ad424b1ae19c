"""Who is in the demo team, and which rooms they have."""

from typing import NamedTuple

from chat.models import Kind


class Actor(NamedTuple):
    """One of the team. The first is staff."""

    username: str
    name: str
    time_zone: str
    city: str = ""
    cat: str = ""
    is_bot: bool = False

    @property
    def first_name(self) -> str:
        return self.name.split()[0]


class Setting(NamedTuple):
    """A room of the team. `key` is what scenes.txt calls it, `share` its part of all messages, `question` what
    somebody wants to know there just now of the first of the team."""

    key: str
    name: str
    kind: Kind
    usernames: tuple[str, ...]
    share: float
    people_at_once: int
    question: str = ""


BOT = Actor("harbor", "Harbor", "UTC", is_bot=True)
CAST = (
    Actor("maya", "Maya Lindqvist", "Europe/Stockholm", "Stockholm", "Pixel"),
    Actor("tomas", "Tomás Herrera", "America/Mexico_City", "Mexico City", "Churro"),
    Actor("priya", "Priya Raman", "Asia/Kolkata", "Bengaluru", "Biscuit"),
    Actor("chidi", "Chidi Okafor", "Africa/Lagos", "Lagos", "Captain"),
    Actor("ellen", "Ellen Brandt", "America/New_York", "Boston", "Waffles"),
    BOT,
)
EVERYONE = tuple(actor.username for actor in CAST)

SETTINGS = (
    Setting("lobby", "lobby", Kind.OPEN, EVERYONE, 0.27, 3),
    Setting(
        "incidents", "incidents", Kind.OPEN, EVERYONE, 0.27, 3, "@maya do you take the review, or shall I?"
    ),
    Setting("deploys", "deploys", Kind.OPEN, EVERYONE, 0.28, 3),
    Setting("on-call", "on-call", Kind.CLOSED, ("maya", "tomas", "priya", "chidi", "harbor"), 0.12, 3),
    Setting("direct", "", Kind.DIRECT, ("maya", "chidi"), 0.06, 2),
)
