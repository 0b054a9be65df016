"""Tells the demo: a fresh directory, a story's server on real sockets, the world seeded, the stories, then the checks."""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

import httpx
import structlog

from services.demo.party import Login, Turned
from services.demo.seeding import World, fresh_password, publish_plants, seed_organisations
from services.demo.stage import Broken, Stage
from services.demo.stories import STORIES, Story
from services.demo.trail import Trail
from services.demo.world import organisations
from services.embedded.checks import stored
from services.embedded.data_directory import DataDirectory
from services.embedded.founding import found_office
from services.embedded.house import House
from services.embedded.own_files import own_file, write_whole
from services.embedded.running import opened, served
from services.embedded.story_clocks import MARK_NAME
from services.terminal import Check, Terminal
from shared import logs

STORY_FROM = datetime(2026, 11, 30, 0, 0, tzinfo=UTC)  # a Monday, 08:00 in Xianning
LOG_NAME = "log.jsonl"


@dataclass(frozen=True, slots=True)
class Told:
    """The outcome: who is who, every check, and the seconds the seeding and the stories took."""

    world: World
    checks: Sequence[Check]
    seconds: dict[str, float]


class NotADemo(Exception):  # an answer, not an error of the program
    """The directory holds something that is not an earlier demo; it is left alone."""


def cleared(data: Path) -> None:
    """Make room for a fresh story: an earlier story is removed, unless it is being served; anything else is refused."""
    if data.exists() and any(data.iterdir()):
        if not (data / MARK_NAME).exists():
            raise NotADemo(f"{data} holds something that is no demo; name another directory with --data")
        DataDirectory.open(data).close()
        shutil.rmtree(data)
    data.mkdir(parents=True, exist_ok=True, mode=0o700)


@contextmanager
def logged(data: Path) -> Iterator[None]:
    """The services' own log lines go to a file, so that the trail on the terminal stays readable; afterwards as before."""
    before = structlog.get_config() if structlog.is_configured() else None
    with open(data / LOG_NAME, "a", encoding="utf-8", opener=own_file) as stream:
        logs.configure(stream=stream)
        try:
            yield
        finally:
            structlog.reset_defaults()
            if before is not None:
                structlog.configure(**before)


def tell(data: Path, terminal: Terminal, numbers: Sequence[int]) -> Told:
    """Tell the stories *numbers* on *data*, which must be clear. Everything the stories do goes over HTTP."""
    seconds: dict[str, float] = {}
    with opened(data, STORY_FROM) as house, served(house) as address:
        begun = monotonic()
        world = seeded(house, address, terminal)
        seconds["seed"] = round(monotonic() - begun, 1)
        begun = monotonic()
        stage = Stage(address, world, Trail(terminal))
        checks = [told(stage, story) for story in STORIES if story.number in numbers]
        stage.settle()
        stage.close()
        seconds["stories"] = round(monotonic() - begun, 1)
        begun = monotonic()
        checks += stored(house)
        seconds["checks"] = round(monotonic() - begun, 1)
    return Told(world, checks, seconds)


def seed_only(data: Path, terminal: Terminal) -> World:
    """The world without stories."""
    with opened(data, STORY_FROM) as house, served(house) as address:
        return seeded(house, address, terminal)


def credentials_file(data: Path, world: World) -> Path:
    """Write API clients and plants as shell variables, e.g. `B1_CLIENT`, for those who try the API by hand."""
    lines = []
    for code, one in world.credentials.items():
        lines += [f"{code}_CLIENT={one.client_id}", f"{code}_SECRET={one.client_secret}"]
    lines += [f"{code}_PLANT={plant_id}" for code, plant_id in world.plant_ids.items()]
    path = data / "credentials.env"
    write_whole(path, "\n".join(lines) + "\n")
    return path


def seeded(house: House, address: str, terminal: Terminal) -> World:
    """Found the office, admit everybody else over the API, publish one workbook a plant."""
    office = organisations()["OFFICE"]
    login = Login(office.login, fresh_password())
    office_id = found_office(
        house.portal,
        name=office.name,
        credit_code=office.credit_code,
        district=office.district,
        person=office.person,
        login=login.login,
        password=login.password,
    )
    world = seed_organisations(address, terminal, login, office_id)
    publish_plants(address, terminal, world)
    house.settle()
    return world


def told(stage: Stage, story: Story) -> Check:
    """Tell one story; its end is a check like the others."""
    name = f"story {story.number}: {story.title_en}"
    stage.trail.chapter(story.number, story.title_zh, story.title_en)
    try:
        ending = story.tell(stage)
    except (Broken, Turned, httpx.HTTPError, LookupError) as failure:
        return Check(name, passed=False, found=f"{type(failure).__name__}: {failure}")
    return Check(name, passed=True, found=ending)
