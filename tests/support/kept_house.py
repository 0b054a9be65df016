"""A house on a data directory, opened, traded in and closed again, so that its files can be put back and swapped."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from services.embedded.running import opened
from tests.support.masters import NOW
from tests.support.open_house import OpenHouse


@contextmanager
def open_house_on(data: Path) -> Iterator[OpenHouse]:
    """The house on *data*, a story's, with facts flowing; at rest in the end, and closed."""
    with opened(data, story_from=NOW) as house:
        house.start()
        try:
            clock = house.clock
            yield OpenHouse(house, clock)  # type: ignore[arg-type] # a story's house has a story's clock
            house.settle()
        finally:
            house.stop()


def an_ordered_house(data: Path) -> OpenHouse:
    """A plant is published, one order placed: what is known of both; the house is closed."""
    with open_house_on(data) as house:
        house.publish_a_plant()
        placed = house.place()
        assert placed.status_code in {201, 202}, placed.text
        house.known["order"] = str(placed.get_json()["id"])
    return house


def copied(data: Path, to: Path) -> Path:
    """A copy of a closed data directory."""
    shutil.copytree(data, to)
    return to


def put_back(service: str, backup: Path, data: Path) -> None:
    """The log of one service alone is put back from *backup* while the others keep what they have."""
    for one in data.glob(f"{service}.sqlite*"):
        one.unlink()
    for one in backup.glob(f"{service}.sqlite*"):
        shutil.copy(one, data)
