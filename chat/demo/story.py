"""When the demo team talks: conversations in everyone's working hours, from some weeks ago until now."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from .cast import CAST, SETTINGS, Actor, Setting
from .scenes import Said, Scene, read_scenes
from .slips import with_slips

WEEKS = 8
GRID = timedelta(minutes=10)
APART = timedelta(minutes=40)  # from one conversation in a room to the next: they never mix
SHORT = 3  # lines of a short conversation: so many moments are surely enough
SATURDAY = 5
WORK = (8.5, 18.5)  # hours of a working day, where somebody is
AWAKE = (7.0, 23.0)


def tell(count: int, now: datetime, chance: Random) -> dict[Setting, list[Said]]:
    """`count` lines in all, each room's in order, the newest some minutes old."""
    scenes = read_scenes()
    story: dict[Setting, list[Said]] = {}
    left = count
    for setting in SETTINGS:
        wanted = left if setting is SETTINGS[-1] else round(count * setting.share)
        story[setting] = _fill(setting, wanted, scenes[setting.key], now, chance)
        left -= wanted
    return story


def _fill(setting: Setting, wanted: int, scenes: list[Scene], now: datetime, chance: Random) -> list[Said]:
    """Conversations of one room, told backwards until there are enough; the oldest may be cut short."""
    actors = [actor for actor in CAST if actor.username in setting.usernames and not actor.is_bot]
    next_scene = _in_turn(scenes, chance)
    newest = now - timedelta(minutes=chance.randint(4, 9))
    latest = _play(next(next_scene), actors, newest - timedelta(minutes=12), AWAKE, setting, chance)
    wait = newest - max(said.at for said in latest)  # the talk in each room ends just now
    lines = [said._replace(at=said.at + wait) for said in latest]
    if setting.question:
        lines.append(Said(newest + timedelta(minutes=2), chance.choice(actors[1:]), setting.question))
    for at in _moments(setting, actors, now - timedelta(hours=2), wanted // SHORT, chance):
        if len(lines) >= wanted:
            break
        lines += [
            said
            for said in _play(next(next_scene), actors, at, WORK, setting, chance)
            if said.at < at + APART
        ]
    return with_slips(sorted(lines, key=lambda said: said.at), chance)[-wanted:]


def _in_turn(scenes: list[Scene], chance: Random) -> Iterator[Scene]:
    """Every scene once, then every scene again, none soon after it was played."""
    half = len(scenes) // 2
    first, second = scenes[:half], scenes[half:]
    while True:
        for part in (first, second):
            chance.shuffle(part)
            yield from part


def _moments(
    setting: Setting, actors: list[Actor], until: datetime, count: int, chance: Random
) -> list[datetime]:
    """Moments at which enough people are at work, well apart, the newest first."""
    start = until - timedelta(weeks=WEEKS)
    steps = int(timedelta(weeks=WEEKS) / GRID)
    found: list[datetime] = []
    while len(found) < count:
        at = start + chance.randrange(steps) * GRID + timedelta(seconds=chance.randrange(500))
        there = len(_there(actors, at, WORK)) >= setting.people_at_once
        if there and all(abs(at - other) >= APART for other in found):
            found.append(at)
    return sorted(found, reverse=True)


def _play(
    scene: Scene,
    actors: list[Actor],
    at: datetime,
    hours: tuple[float, float],
    setting: Setting,
    chance: Random,
) -> list[Said]:
    there = _there(actors, at, hours)
    if len(there) < setting.people_at_once:  # just now it may be night nearly everywhere
        there = actors
    return scene.play(chance.sample(there, len(there)), at, chance)


def _there(actors: list[Actor], at: datetime, hours: tuple[float, float]) -> list[Actor]:
    return [actor for actor in actors if _is_there(actor, at, hours)]


def _is_there(actor: Actor, at: datetime, hours: tuple[float, float]) -> bool:
    local = at.astimezone(ZoneInfo(actor.time_zone))
    off = hours is WORK and local.weekday() >= SATURDAY
    return not off and hours[0] <= local.hour + local.minute / 60 < hours[1]
