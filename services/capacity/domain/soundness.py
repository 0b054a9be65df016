"""What is wrong with the values a plant publishes, fault by fault: the authority for API, workbook and deciders alike.

Every check yields all faults it finds; `demand` turns the first by precedence into a refusal.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from services.capacity.domain.refusals import Why
from services.capacity.domain.values import (
    AutoAcceptRule,
    Capability,
    ChangeoverRule,
    FoodContactProof,
    Licence,
    Price,
)
from shared.kernel.refusal import Refused
from shared.kernel.rounding import PPM
from shared.reference.capabilities import ANY, CHANGEOVER_EXTRAS, capabilities, terms
from shared.reference.food import category_details, check_digit, number_rules, parse_number
from shared.reference.places import District, districts

CODE_CHARACTERS_MAX = 20
NAME_CHARACTERS_MAX = 60
CAPABILITIES_MAX = 20
RULES_MAX = 200
LICENCES_MAX = 50
RATE_MAX = 10_000_000
BATCH_MAX = 1_000_000_000
FEN_MAX = 10_000_000_000
CHANGEOVER_MINUTES_MAX = 7 * 24 * 60
CAP_HOURS_MAX = 7 * 24
FENCE_HOURS_MAX = 60 * 24
LEAD_HOURS_MAX = 366 * 24
_CODE = re.compile(r"[A-Z][A-Z0-9-]*")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_TOKEN = re.compile(r"[A-Za-z0-9_.\-]{1,40}")
FORMULA_STARTS = ("=", "+", "-", "@")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong: the field *name* of *row* of the list *of* ("": the only list there is; row None: not in a list), with
    the facts its words need.
    """

    why: Why
    name: str
    row: int | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    of: str = ""

    @property
    def pointer(self) -> str:
        steps = (self.of, "" if self.row is None else str(self.row), self.name)
        return "".join(f"/{one}" for one in steps if one)


def demand(faults: Iterable[Fault], within: str = "") -> None:
    """Raises Refused for the fault that comes first by precedence, pointing to *within* + its own place."""
    order = list(Why)
    found = sorted(faults, key=lambda one: order.index(one.why))
    if found:
        first = found[0]
        raise Refused(first.why, pointer=within + first.pointer, **first.facts)


def code_faults(code: str) -> Iterator[Fault]:
    if not _CODE.fullmatch(code) or len(code) > CODE_CHARACTERS_MAX:
        yield Fault(Why.CODE_UNFIT, "code", facts={"found": code[:40], "max": CODE_CHARACTERS_MAX})


def name_faults(name: str, in_field: str = "name") -> Iterator[Fault]:
    if not is_plain_text(name, NAME_CHARACTERS_MAX):
        yield Fault(Why.NAME_UNFIT, in_field, facts={"found": name[:40], "max": NAME_CHARACTERS_MAX})


def is_plain_text(text: str, characters_max: int) -> bool:
    """Whether *text* is short, visible, singly spaced, and no spreadsheet program would take it for a formula."""
    return (
        0 < len(text) <= characters_max
        and " ".join(text.split()) == text
        and not _CONTROL.search(text)
        and not text.startswith(FORMULA_STARTS)
    )


def district_faults(code: str) -> Iterator[Fault]:
    """A plant stands in a county of the programme: one whose licence numbers are known."""
    known = [one.code for one in districts().values() if one.county_digits]
    if code not in known:
        yield Fault(Why.DISTRICT_UNKNOWN, "district", facts={"found": code[:20], "known": "、".join(known)})


def licence_faults(licence: Licence, district: District) -> Iterator[Fault]:
    """Form, check digit, class and place of the number; known category details; validity in order."""
    yield from _number_faults(licence.number, district)
    known = category_details()
    unknown = [one for one in licence.categories if one not in known] or ([""] if not licence.categories else [])
    for code in unknown[:1]:
        yield Fault(Why.LICENCE_CATEGORY, "categories", facts={"found": code[:20], "known": "、".join(known)})
    yield from _validity_faults(licence.valid_from, licence.valid_until)


def _number_faults(number: str, district: District) -> Iterator[Fault]:
    try:
        parts = parse_number(number)
    except ValueError:
        yield Fault(Why.LICENCE_NUMBER_FORM, "number", facts={"found": number[:40]})
        return
    rules = number_rules()
    expected = check_digit(number[2:-1])
    if parts.check != expected:
        yield Fault(Why.LICENCE_CHECK_DIGIT, "number", facts={"found": number, "expected": expected})
    if not 1 <= int(parts.category) <= rules.kinds.get(parts.kind, 0):
        yield Fault(Why.LICENCE_CLASS, "number", facts={"found": number})
    place = parts.province + parts.city + parts.county
    home = rules.province + rules.city + district.county_digits
    if place != home:
        yield Fault(Why.LICENCE_PLACE, "number", facts={"found": number, "place": place, "expected": home})


def proof_faults(proof: FoodContactProof) -> Iterator[Fault]:
    yield from name_faults(proof.standard, "standard")
    yield from name_faults(proof.certificate, "certificate")
    yield from _validity_faults(proof.valid_from, proof.valid_until)


def _validity_faults(valid_from: date, valid_until: date) -> Iterator[Fault]:
    if valid_until <= valid_from:
        facts: dict[str, object] = {"start": valid_from.isoformat(), "until": valid_until.isoformat()}
        yield Fault(Why.VALIDITY_ORDER, "valid_until", facts=facts)


def capability_faults(rows: Sequence[Capability]) -> Iterator[Fault]:
    yield from _count_faults(len(rows), CAPABILITIES_MAX)
    seen: set[str] = set()
    for index, row in enumerate(rows):
        known = capabilities().get(row.code)
        if known is None:
            yield Fault(Why.CAPABILITY_UNKNOWN, "code", index, {"found": row.code[:40]})
            continue
        if row.code in seen:
            yield Fault(Why.CAPABILITY_TWICE, "code", index, {"found": row.code})
        seen.add(row.code)
        if row.unit != known.unit:
            facts: dict[str, object] = {"capability": row.code, "expected": known.unit, "found": row.unit[:20]}
            yield Fault(Why.UNIT_WRONG, "unit", index, facts)
        yield from _format_faults(index, row, known.formats)
        yield from _figure_faults(index, row)


def _format_faults(index: int, row: Capability, known: Sequence[str]) -> Iterator[Fault]:
    unknown = [one for one in row.formats if one not in known] or ([""] if not row.formats else [])
    for code in unknown[:1]:
        facts: dict[str, object] = {"capability": row.code, "known": "、".join(known), "found": code[:40]}
        yield Fault(Why.FORMAT_UNKNOWN, "formats", index, facts)


def _figure_faults(index: int, row: Capability) -> Iterator[Fault]:
    bounds = [
        ("rate_per_hour", row.rate_per_hour, 1, RATE_MAX),
        ("efficiency_ppm", row.efficiency_ppm, 10_000, PPM),
        ("batch_min", row.batch_min, 1, BATCH_MAX),
        ("batch_max", row.batch_max, 0, BATCH_MAX),
        ("multiple", row.multiple, 1, BATCH_MAX),
    ]
    yield from _range_faults(bounds, index)
    if 0 < row.batch_max < row.batch_min:
        yield Fault(Why.BATCH_ORDER, "batch_max", index, {"batch_max": row.batch_max, "batch_min": row.batch_min})


def _range_faults(bounds: Iterable[tuple[str, int, int, int]], row: int | None = None) -> Iterator[Fault]:
    for name, value, low, high in bounds:
        if not low <= value <= high:
            yield Fault(Why.NUMBER_OUT_OF_RANGE, name, row, {"min": low, "max": high, "found": value})


def _count_faults(count: int, highest: int) -> Iterator[Fault]:
    if count > highest:
        yield Fault(Why.TOO_MANY_ROWS, "", facts={"max": highest, "found": count})


def changeover_faults(rows: Sequence[ChangeoverRule]) -> Iterator[Fault]:
    yield from _count_faults(len(rows), RULES_MAX)
    features = {*terms("features"), *CHANGEOVER_EXTRAS}
    seen: set[tuple[str, str, str, bool]] = set()
    for index, row in enumerate(rows):
        if row.feature not in features:
            yield Fault(Why.CHANGEOVER_FEATURE, "feature", index, {"found": row.feature[:40]})
        for name, value in (("from_value", row.from_value), ("to_value", row.to_value)):
            if value != ANY and not _TOKEN.fullmatch(value):
                yield Fault(Why.CHANGEOVER_FEATURE, name, index, {"found": value[:40]})
        key = (row.feature, row.from_value, row.to_value, row.same_day_only)
        if key in seen:
            facts: dict[str, object] = {"feature": key[0], "from_value": key[1], "to_value": key[2]}
            yield Fault(Why.CHANGEOVER_TWICE, "feature", index, facts)
        seen.add(key)
        forbidden = row.minutes is None
        if not forbidden and (row.same_day_only or not 0 <= (row.minutes or 0) <= CHANGEOVER_MINUTES_MAX):
            found: dict[str, object] = {"max": CHANGEOVER_MINUTES_MAX, "found": row.minutes}
            yield Fault(Why.CHANGEOVER_MINUTES, "minutes", index, found)


def price_faults(rows: Sequence[Price], on_line: Iterable[str]) -> Iterator[Fault]:
    """Each price is of a capability *on_line*, once, in bounds."""
    known = set(on_line)
    seen: set[str] = set()
    for index, row in enumerate(rows):
        if row.capability not in known:
            yield Fault(Why.CAPABILITY_NOT_ON_LINE, "capability", index, {"found": row.capability[:40]})
        elif row.capability in seen:
            yield Fault(Why.PRICE_TWICE, "capability", index, {"found": row.capability})
        seen.add(row.capability)
        bounds = [
            ("setup_fen", row.setup_fen, 0, FEN_MAX),
            ("fen_per_thousand", row.fen_per_thousand, 0, FEN_MAX),
            ("minimum_fen", row.minimum_fen, 0, FEN_MAX),
        ]
        yield from _range_faults(bounds, index)


def limit_faults(load_cap_hours_per_week: int, frozen_fence_hours: int) -> Iterator[Fault]:
    yield from _range_faults(
        [
            ("load_cap_hours_per_week", load_cap_hours_per_week, 0, CAP_HOURS_MAX),
            ("frozen_fence_hours", frozen_fence_hours, 0, FENCE_HOURS_MAX),
        ]
    )


def auto_accept_faults(rows: Sequence[AutoAcceptRule], on_line: Iterable[str]) -> Iterator[Fault]:
    yield from _count_faults(len(rows), CAPABILITIES_MAX)
    known = set(on_line)
    for index, row in enumerate(rows):
        for code in row.capabilities:
            if code not in known:
                yield Fault(Why.CAPABILITY_NOT_ON_LINE, "capabilities", index, {"found": code[:40]})
        bounds = [
            ("quantity_max", row.quantity_max, 0, BATCH_MAX),
            ("price_fen_min", row.price_fen_min, 0, FEN_MAX),
            ("lead_hours_min", row.lead_hours_min, 0, LEAD_HOURS_MAX),
        ]
        yield from _range_faults(bounds, index)
