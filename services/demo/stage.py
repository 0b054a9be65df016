"""The stage of a story: the parties by code, the story's clock, the trail, and what must come true."""

from datetime import UTC, datetime, timedelta

import httpx

from services.demo.agenda import Agenda
from services.demo.party import Party
from services.demo.seeding import World
from services.demo.trail import Trail
from services.demo.world import organisations
from shared.kernel.clock import LOCAL_ZONE, instant_text, parse_instant

MOVE_TIMEOUT_S = 60.0


class Broken(Exception):
    """The story did not come true: what was expected, and what was found."""


class Stage:
    """Everything a story may touch: public HTTP at *address*, and the story's clock beside it."""

    def __init__(self, address: str, world: World, trail: Trail) -> None:
        self.address, self.world, self.trail = address, world, trail
        self.kept: dict[str, str] = {}  # what a later story goes on with: name -> id
        self.agenda = Agenda()
        self._parties: dict[str, Party] = {}
        self._clock = httpx.Client(base_url=address, timeout=MOVE_TIMEOUT_S)
        self.now = parse_instant(self._clock.get("/story/clock").json()["now"])

    def party(self, code: str) -> Party:
        """The organisation *code* of `world.yaml`: OFFICE, B1 … or P01 …"""
        if code not in self._parties:
            self._parties[code] = self.world.party(self.address, code)
        return self._parties[code]

    def factory_of(self, plant_id: str) -> Party:
        """The owner of a plant."""
        code = next(code for code, known in self.world.plant_ids.items() if known == plant_id)
        return self.party(code)

    def name_of(self, code: str) -> str:
        return organisations()[code].name.removesuffix("（演示）")

    def move_to(self, at: datetime) -> None:
        """Let the story's time reach *at*; returns when everything due by then has had its effect."""
        if at < self.now:
            return
        answer = self._clock.post("/story/clock", json={"at": instant_text(at)})
        answer.raise_for_status()
        self.now = parse_instant(answer.json()["now"])

    def settle(self) -> None:
        """Let everything on its way have its effect, at the time it is."""
        self.move_to(self.now)

    def carry_out(self, until: datetime | None = None) -> None:
        """Let the noted deeds happen, each at its time, up to *until* where given."""
        while (due := self.agenda.next_at()) is not None and (until is None or due <= until):
            self.move_to(due)
            self.agenda.take()()
        if until is not None:
            self.move_to(until)

    def next_morning(self, days: int = 1, hour: int = 8) -> None:
        """Move to *hour* o'clock in Xianning, *days* later."""
        day = self.now.astimezone(LOCAL_ZONE) + timedelta(days=days)
        self.carry_out(day.replace(hour=hour, minute=0, second=0, microsecond=0).astimezone(UTC))

    def expect(self, claim: object, what: str, found: object = "") -> None:
        """Raises Broken unless *claim* holds."""
        if not claim:
            raise Broken(f"expected {what}" + (f", found {found}" if found != "" else ""))

    def close(self) -> None:
        self._clock.close()
        for party in self._parties.values():
            party.close()
