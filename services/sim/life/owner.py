"""The owner of a plant: hours, calendars, prices, rates, rules and papers change as trade and seasons go."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import msgspec

from services.capacity.domain.line_commands import (
    DeclareCalendar,
    LineCommand,
    PublishHours,
    SetAutoAcceptRules,
    SetCapabilities,
    SetChangeovers,
    SetPlanningLimits,
    SetPrices,
    WithdrawHours,
)
from services.capacity.domain.line_state import Line
from services.capacity.domain.plant import EndLicence, EndProof, Plant, PlantCommand, RecordLicence, RecordProof
from services.capacity.domain.spans import common
from services.capacity.domain.values import AutoAcceptRule, Capability, ClosedDay, Maintenance
from services.capacity.handlers.workbooks import Imported
from services.capacity.workbook.book import book_of
from services.capacity.workbook.messages import BadCells
from services.sim.life.botched import botched_line, botched_plant
from services.sim.life.diary import Diary, hours
from services.sim.life.doors import capacity_of
from services.sim.life.world import Plant as Site
from services.sim.seams import Platform
from shared.contracts.planning import Interval
from shared.eventstore.handling import Prepared
from shared.kernel.clock import LOCAL_ZONE
from shared.kernel.refusal import Refused

Change = Callable[[Line, datetime, Random], LineCommand]
_PAPERS_HOLD_DAYS = (4, 40)
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
        self._diary.note(platform.now() + hours(chance, 10, 500), self._let_papers_end)
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
        what, change = chance.choice(_CHANGES)
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

        return f"papers end in {days} days: {self._change_plant(platform, make)}"

    def _renew_papers(self, platform: Platform, chance: Random) -> str:
        self._diary.note(platform.now() + hours(chance, 100, 700), self._let_papers_end)
        for_days = chance.randint(60, 900)

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


def _ahead(at: datetime, chance: Random) -> list[Interval]:
    """A few hours some days ahead, on whole hours."""
    start = at.replace(minute=0, second=0, microsecond=0) + timedelta(hours=chance.randint(6, 400))
    return [Interval(start, start + timedelta(hours=chance.randint(2, 9)))]


def _withdraw(line: Line, at: datetime, chance: Random) -> LineCommand:
    found = common(line.offered, _ahead(at, chance))
    return WithdrawHours(found or _ahead(at, chance), "自用", at)


def _publish(line: Line, at: datetime, chance: Random) -> LineCommand:
    found = common(line.plannable, _ahead(at, chance))
    return PublishHours(found or _ahead(at, chance), at)


def _declare(line: Line, at: datetime, chance: Random) -> LineCommand:
    """The same calendar from some day on, with a day closed, a maintenance more, or fewer shifts offered."""
    assert line.calendar is not None  # noqa: S101 - every line of the world was founded with one
    first = (at + timedelta(days=chance.randint(1, 20))).astimezone(LOCAL_ZONE).date()
    calendar = msgspec.structs.replace(line.calendar, valid_from=first, maintenance=[], closed_days=[])
    lot = chance.random()
    if lot < 0.4:
        closed = first + timedelta(days=chance.randint(0, 20))
        return DeclareCalendar(msgspec.structs.replace(calendar, closed_days=[ClosedDay(closed, "盘点")]), at)
    if lot < 0.7:
        start = datetime(first.year, first.month, first.day, 1, tzinfo=UTC) + timedelta(days=chance.randint(1, 20))
        stop = Maintenance(start, start + timedelta(hours=6), "检修")
        return DeclareCalendar(msgspec.structs.replace(calendar, maintenance=[stop]), at)
    return DeclareCalendar(msgspec.structs.replace(calendar, offered="shifts", offered_shifts=calendar.shifts[::2]), at)


def _price(line: Line, at: datetime, chance: Random) -> LineCommand:
    by_percent = chance.randint(85, 120)
    return SetPrices(
        [
            msgspec.structs.replace(
                one,
                setup_fen=one.setup_fen * by_percent // 100,
                fen_per_thousand=one.fen_per_thousand * by_percent // 100,
            )
            for one in line.prices
        ],
        at,
    )


def _rates(line: Line, at: datetime, chance: Random) -> LineCommand:
    by_percent = chance.randint(90, 110)

    def faster(one: Capability) -> Capability:
        return msgspec.structs.replace(one, rate_per_hour=max(1, one.rate_per_hour * by_percent // 100))

    return SetCapabilities(line.name, [faster(one) for one in line.capabilities], at)


def _accept(line: Line, at: datetime, chance: Random) -> LineCommand:
    if line.auto_accept_rules and chance.random() < 0.3:
        return SetAutoAcceptRules([], at)
    rule = AutoAcceptRule(line.capability_codes[:1], chance.choice([0, 50_000]), 10_000, chance.randint(0, 48))
    return SetAutoAcceptRules([rule], at)


def _limit(_: Line, at: datetime, chance: Random) -> LineCommand:
    return SetPlanningLimits(chance.choice([0, 0, 80, 120]), chance.randint(0, 36), at)


def _changeovers(line: Line, at: datetime, chance: Random) -> LineCommand:
    rules = [
        one if one.minutes is None else msgspec.structs.replace(one, minutes=one.minutes + chance.randint(0, 5))
        for one in line.changeovers
    ]
    return SetChangeovers(rules, at)


_CHANGES: Sequence[tuple[str, Change]] = (
    ("takes hours back", _withdraw),
    ("offers hours", _publish),
    ("declares a calendar", _declare),
    ("changes prices", _price),
    ("changes rates", _rates),
    ("changes its rules of acceptance", _accept),
    ("changes its limits", _limit),
    ("changes its changeovers", _changeovers),
)
