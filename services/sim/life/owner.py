"""The owner of a plant: hours, calendars, prices, rates, rules and papers change as trade and seasons go."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

import msgspec

from services.capacity.domain.line_commands import LineCommand
from services.capacity.domain.line_state import Line
from services.capacity.domain.plant import EndLicence, EndProof, Plant, PlantCommand, RecordLicence, RecordProof
from services.capacity.handlers.workbooks import Imported
from services.capacity.workbook.book import book_of
from services.capacity.workbook.messages import BadCells
from services.sim.life.botched import botched_line, botched_plant
from services.sim.life.diary import Diary, hours
from services.sim.life.doors import capacity_of
from services.sim.life.line_changes import CHANGES
from services.sim.life.world import Plant as Site
from services.sim.seams import Platform
from shared.eventstore.handling import Prepared
from shared.kernel.clock import LOCAL_ZONE
from shared.kernel.refusal import Refused

_PAPERS_HOLD_DAYS = (2, 20)
_GIVES_UP_WORK = 0.6  # of owners whose paper ends although work is booked on it
_BOTCHES = 0.15  # of what an owner writes


class Owner:
    """Satisfies `Actor`. One a plant; who runs its machines is `Factory`'s."""

    def __init__(self, site: Site, since: datetime) -> None:
        self._site, self._me, self._diary = site, site.owner, Diary()
        self._diary.note(since, self._begin)

    @property
    def name(self) -> str:
        return f"owner {self._me.code}"

    def wakes_at(self) -> datetime:
        return self._diary.next_at()

    def act(self, platform: Platform, chance: Random) -> str:
        return self._diary.do_next(platform, chance)

    def _begin(self, platform: Platform, chance: Random) -> str:
        self._diary.note(platform.now() + hours(chance, 1, 140), self._think)
        self._diary.note(platform.now() + hours(chance, 10, 300), self._let_papers_end)
        return "opens"

    def _think(self, platform: Platform, chance: Random) -> str:
        """Change one thing every few days."""
        self._diary.note(platform.now() + hours(chance, 40, 200), self._think)
        line_id = chance.choice(self._site.lines)
        if chance.random() < _BOTCHES:
            what, botch = botched_line(chance)
            return f"writes {what}: {self._change(platform, line_id, botch)}"
        if chance.random() < 0.08:
            return self._send_workbook(platform, chance)
        what, change = chance.choice(CHANGES)
        seed = chance.getrandbits(32)  # a change is made anew at each try, always the same

        def make(line: Line, at: datetime) -> LineCommand:
            return change(line, at, Random(seed))

        return f"{what}: {self._change(platform, line_id, make)}"

    def _change(self, platform: Platform, line_id: str, make: Callable[[Line, datetime], LineCommand]) -> str:
        by = self._me.principal

        def prepare() -> Prepared[str]:
            at, masters = platform.now("capacity"), capacity_of(platform.house).handlers.masters
            return masters.change_line(line_id, lambda line: make(line, at), by, at)

        done = platform.command("capacity", by, f"PUT /v1/lines/{line_id}", prepare)
        return "done" if done else "refused"

    def _change_plant(self, platform: Platform, make: Callable[[Plant, datetime], PlantCommand]) -> str:
        by, plant_id = self._me.principal, self._site.plant_id

        def prepare() -> Prepared[str]:
            masters = capacity_of(platform.house).handlers.masters
            command = make(masters.plant(plant_id, by).state, platform.now("capacity"))
            return masters.change_plant(plant_id, command, by)

        done = platform.command("capacity", by, f"POST /v1/plants/{plant_id}/papers", prepare)
        return "done" if done else "refused"

    def _let_papers_end(self, platform: Platform, chance: Random) -> str:
        """A licence or proof is found to end soon; it is renewed some days later, before or after it has."""
        self._diary.note(platform.now() + hours(chance, 30, 300), self._renew_papers)
        if chance.random() < _BOTCHES:
            what, botched = botched_plant(chance)
            self._diary.note(platform.now() + hours(chance, 1, 50), self._let_papers_end)
            return f"writes {what}: {self._change_plant(platform, botched)}"
        days = chance.randint(*_PAPERS_HOLD_DAYS)

        def make(plant: Plant, at: datetime) -> PlantCommand:
            on = (at + timedelta(days=days)).astimezone(LOCAL_ZONE).date()
            if plant.licences:
                return EndLicence(next(iter(plant.licences)), on, "复审", at)
            return EndProof(next(iter(plant.proofs), "FCM-NONE"), on, "复审", at)

        done = self._change_plant(platform, make)
        if done == "refused" and chance.random() < _GIVES_UP_WORK:
            done = self._give_up_work(platform, make)
        return f"papers end in {days} days: {done}"

    def _give_up_work(self, platform: Platform, make: Callable[[Plant, datetime], PlantCommand]) -> str:
        """Work is booked on the paper, and it does end: the orders are planned anew."""
        by, plant_id = self._me.principal, self._site.plant_id

        def prepare() -> Prepared[str]:
            handlers = capacity_of(platform.house).handlers
            command = make(handlers.masters.plant(plant_id, by).state, platform.now("capacity"))
            assert isinstance(command, EndLicence | EndProof)  # noqa: S101 - what `make` makes
            return handlers.papers_ending.end(plant_id, command, by)

        done = platform.command("capacity", by, f"POST /v1/plants/{plant_id}/papers-end", prepare)
        return "gives up work" if done is not None else "refused"

    def _renew_papers(self, platform: Platform, chance: Random) -> str:
        self._diary.note(platform.now() + hours(chance, 100, 700), self._let_papers_end)
        for_days = chance.choice((12, 25, 60, 900))  # some are renewed for the time being only

        def make(plant: Plant, at: datetime) -> PlantCommand:
            on = (at + timedelta(days=for_days)).astimezone(LOCAL_ZONE).date()
            for licence in plant.licences.values():
                return RecordLicence(msgspec.structs.replace(licence, valid_until=on), at)
            for proof in plant.proofs.values():
                return RecordProof(msgspec.structs.replace(proof, valid_until=on), at)
            return EndProof("FCM-NONE", on, "", at)

        return f"renews its papers: {self._change_plant(platform, make)}"

    def _send_workbook(self, platform: Platform, chance: Random) -> str:
        """What stands, with another fence or with one line more, in one import."""
        by, plant_id = self._me.principal, self._site.plant_id
        adds, fence = chance.random() < 0.4, chance.randint(2, 30)

        def prepare() -> Prepared[Imported]:
            handlers = capacity_of(platform.house).handlers
            plant = handlers.masters.plant(plant_id, by).state
            book = book_of(plant, handlers.masters.lines_of(plant))
            first = replace(book.lines[0], frozen_fence_hours=fence, calendar=None)
            lines = [first, *book.lines[1:]]
            if adds and len(lines) == len(self._site.lines):
                lines.append(replace(book.lines[0], code="NEW", name="新线"))
            whole = replace(book, lines=lines)
            try:
                return handlers.workbooks.imported(plant_id, whole, by, platform.now("capacity"))
            except BadCells as bad:
                raise Refused(bad.cells[0].why) from bad

        done = platform.command("capacity", by, f"POST /v1/plants/{plant_id}/workbook", prepare)
        return "sends a workbook" if done else "sends a workbook in vain"
