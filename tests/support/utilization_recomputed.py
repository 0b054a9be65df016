"""Utilization of a line over days, recomputed from raw facts the way a spreadsheet would: one row an elementary span.

Written on its own, sharing no code with the ledger: it reads the facts' JSON, lists every instant at which anything
changes, and asks for each span between two such instants what was declared, offered, booked and going on. Counts are
seconds. Used to check the ledger's figures on generated and on story data.
"""

import itertools
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

Row = dict[str, Any]
"""A raw fact: {"type": wire name, "data": the fact's JSON object}, in recorded order."""

_ZONE = timedelta(hours=8)
OVERRUN_BASES = {"open": "planned", "down": "downtime"}


@cache
def whole_second(text: str) -> int:
    moment = datetime.fromisoformat(text).astimezone(UTC)
    return int(moment.replace(microsecond=0).timestamp())


def local_date(second: int) -> date:
    return (datetime.fromtimestamp(second, UTC) + _ZONE).date()


def line_day_clients(rows: Iterable[Row], line_id: str) -> dict[tuple[str, str, str], int]:
    """(production day, account, client) -> seconds, of all seconds that anybody has said anything about."""
    facts = [(row["type"].split(".")[1], row["data"]) for row in rows if row["data"].get("line_id") == line_id]
    sheet: dict[tuple[str, str, str], int] = {}
    columns = _columns(facts)
    for start, end in itertools.pairwise(sorted(_points(facts))):
        day, account, client = _row(columns, start)
        if account != "calendar":
            key = day.isoformat(), account, client
            sheet[key] = sheet.get(key, 0) + end - start
    return sheet


def line_days(rows: Iterable[Row], line_id: str) -> dict[tuple[str, str], int]:
    """(production day, account) -> seconds."""
    sheet: dict[tuple[str, str], int] = {}
    for (day, account, _), seconds in line_day_clients(rows, line_id).items():
        sheet[day, account] = sheet.get((day, account), 0) + seconds
    return sheet


def utilization(rows: Iterable[Row], line_id: str, first_day: str, last_day: str) -> tuple[int, int]:
    """(AUBT, PBT) in seconds over production days first..last: the headline figure is their quotient."""
    sheet = line_days(rows, line_id)
    busy = productive = 0
    outside = {"closed", "planned_downtime"}
    for (day, account), seconds in sheet.items():
        if first_day <= day <= last_day:
            if account in {"apt", "aust", "adet"}:
                busy += seconds
            if account not in outside and not account.startswith(("overrun_closed", "overrun_downtime")):
                productive += seconds
    return busy, productive


def _points(facts: list[tuple[str, Row]]) -> set[int]:
    """Every instant a fact names, and every local midnight between the first and the last of them."""
    found: set[int] = set()

    def collect(value: Any) -> None:
        if isinstance(value, dict):
            for name, inner in value.items():
                if isinstance(inner, str) and (name.endswith(("_at", "_from", "_to")) or name == "at"):
                    found.add(whole_second(inner))
                else:
                    collect(inner)
        elif isinstance(value, list):
            for inner in value:
                collect(inner)

    for _, data in facts:
        collect(data)
    if found:
        midnight = (min(found) + 28_800) // 86_400 * 86_400 - 28_800
        while midnight <= max(found):
            found.add(midnight)
            midnight += 86_400
    return found


def _columns(facts: list[tuple[str, Row]]) -> dict[str, list[Any]]:  # noqa: C901 - one pass, a case a kind  # noqa: C901 - one pass, a case a kind of fact
    """The sheet's columns: what each kind of fact claims, with starts and ends already paired up."""
    columns: dict[str, list[Any]] = {"calendar": [], "offer": [], "work": [], "stop": []}
    running: dict[str, tuple[str, int, str]] = {}
    stopped: dict[str, tuple[int, str]] = {}
    booked: dict[str, tuple[int, int]] = {}
    for kind, data in facts:
        if kind == "calendar-declared":
            columns["calendar"].append(data)
        elif kind in {"capacity-published", "capacity-withdrawn"}:
            spans = [(whole_second(one["starts_at"]), whole_second(one["ends_at"])) for one in data["intervals"]]
            columns["offer"].append((kind, spans))
        elif kind == "slot-booked" and data["slot_id"] not in booked:
            span = whole_second(data["starts_at"]), whole_second(data["ends_at"])
            booked[data["slot_id"]] = span
            columns["offer"].append(("book", span, data["slot_id"], data["client_org_id"]))
        elif kind == "slot-released" and data["slot_id"] in booked:
            low, high = booked.pop(data["slot_id"])
            passed = min(high, whole_second(data["released_at"])) if data["reason"] == "no-show" else low
            columns["offer"].append(("miss", (low, passed), data["slot_id"]))
            columns["offer"].append(("free", (low, high), data["slot_id"]))
        elif kind in {"setup-started", "run-started"}:
            phase, moment = kind.split("-")[0], whole_second(data["at"])
            if phase == "run" and running.get(data["work_id"], ("",))[0] == "setup":
                _close(columns, running, data["work_id"], moment)
            running.setdefault(data["work_id"], (phase, moment, data["client_org_id"]))
        elif kind in {"setup-finished", "run-finished"}:
            moment = whole_second(data["at"])
            if running.get(data["work_id"], ("",))[0] == kind.split("-")[0]:
                _close(columns, running, data["work_id"], moment)
            if kind == "run-finished" and data["slot_id"] in booked:
                low, high = booked.pop(data["slot_id"])
                columns["offer"].append(("free", (max(low, moment), high), data["slot_id"]))
        elif kind == "stoppage-opened":
            stopped.setdefault(data["stoppage_id"], (whole_second(data["at"]), data["family"]))
        elif kind == "stoppage-closed" and data["stoppage_id"] in stopped:
            began, family = stopped.pop(data["stoppage_id"])
            columns["stop"].append((began, whole_second(data["at"]), family))
    return columns


def _close(columns: dict[str, list[Any]], running: dict[str, tuple[str, int, str]], work: str, moment: int) -> None:
    phase, began, client = running.pop(work)
    columns["work"].append((began, moment, phase, client))
    columns["offer"].append(("work", (began, moment)))


def _row(columns: dict[str, list[Any]], second: int) -> tuple[date, str, str]:
    """Production day, account and client of the span that begins at *second*."""
    state, day = _calendar(columns["calendar"], second)
    offered, slot, missed = _offer(columns["offer"], second)
    work = next((one for one in columns["work"] if one[0] <= second < one[1]), None)
    stop = next((one[2] for one in columns["stop"] if one[0] <= second < one[1]), None)
    if work:
        _, _, phase, client = work
        use = "aust" if phase == "setup" else "apt"
        if stop and not (phase == "setup" and stop in {"planned", "no_order"}):
            use = "adet"
        if phase == "run" and stop == "planned" and state in {"closed", "down"}:
            return day, {"closed": "closed", "down": "planned_downtime"}[state], ""
        if state == "open" and offered == "yes":
            return day, use, client
        return day, f"overrun_{OVERRUN_BASES.get(state, 'closed')}_{use}", client
    if state != "open":
        return day, {"": "calendar", "closed": "closed", "down": "planned_downtime"}[state], ""
    if offered != "yes":
        return day, "withdrawn" if offered == "back" else "planned", ""
    if stop and stop != "no_order":
        return day, "unattainable", ""
    if missed and not slot:
        return day, "no_show", missed
    return (day, "committed", slot[1]) if slot else (day, "available", "")


def _calendar(declared: list[Row], second: int) -> tuple[str, date]:
    state, day = "", local_date(second)
    for one in declared:
        if not whole_second(one["period_from"]) <= second < whole_second(one["period_to"]):
            continue
        if state and second < whole_second(one["declared_at"]):
            continue  # what has begun is frozen
        state, day = "closed", local_date(second)
        for span in one["operation"]:
            low, high = whole_second(span["starts_at"]), whole_second(span["ends_at"])
            if low <= second < high:
                state, day = "open", _production_day(span, low, high, second)
        if state == "open":
            for span in one["planned_downtime"]:
                if whole_second(span["starts_at"]) <= second < whole_second(span["ends_at"]):
                    state = "down"
    return state, day


def _production_day(span: Row, low: int, high: int, second: int) -> date:
    """The day that the interval names; an old one is of its first date if it is no longer than a day."""
    if span.get("day"):
        return date.fromisoformat(span["day"])
    return local_date(low if high - low <= 86_400 else second)


def _offer(told: list[Any], second: int) -> tuple[str, tuple[str, str] | None, str]:
    """Whether the second was offered ("", "yes", "back": taken back), the slot it is booked by, with its client, and the
    client whose slot was missed.
    """
    offered, worked, missed = "", False, ""
    slot: tuple[str, str] | None = None
    for kind, spans, *name in told:
        if kind in {"capacity-published", "capacity-withdrawn"}:
            if not any(low <= second < high for low, high in spans):
                continue
            if kind == "capacity-published":
                offered = "yes"
            elif offered == "yes" and not slot and not worked and not missed:
                offered = "back"
        elif spans[0] <= second < spans[1]:
            if kind == "work":
                worked = True
            elif kind == "book":
                slot = slot or (name[0], name[1])
            elif slot and slot[0] == name[0]:
                slot, missed = (slot, slot[1]) if kind == "miss" else (None, missed)
    return offered, slot, missed
