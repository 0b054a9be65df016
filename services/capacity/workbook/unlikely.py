"""What a plant publishes that breaks no rule and is yet hardly meant: told beside the preview, never refused."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.capacity.domain.calendar import local_day
from services.capacity.domain.values import Capability
from services.capacity.workbook import sheets
from services.capacity.workbook.book import Book, LineBook
from services.capacity.workbook.columns import Sheet
from shared.kernel.refusal import Kind, Language, Reason, Words
from shared.kernel.rounding import PPM
from shared.reference.capabilities import KnownCapability, capabilities

RATE_FACTOR = 5  # a speed that far beyond what is met with is a slip of the unit or the decimal point
EFFICIENCY_PPM_LEAST = 3 * PPM // 10


class UnlikelyWhy(Reason):
    """Why it is hardly meant, and what will come of it."""

    RATE_UNLIKELY = "RATE_UNLIKELY"
    EFFICIENCY_UNLIKELY = "EFFICIENCY_UNLIKELY"
    PRICE_MISSING = "PRICE_MISSING"
    PRICE_ZERO = "PRICE_ZERO"
    CALENDAR_MISSING = "CALENDAR_MISSING"
    CALENDAR_ENDED = "CALENDAR_ENDED"
    CONTACT_PROOF_MISSING = "CONTACT_PROOF_MISSING"
    LICENCE_ABSENT = "LICENCE_ABSENT"

    @property
    def words(self) -> Words:
        return Words(Kind.INVALID, *_WORDS[self.value])


@dataclass(frozen=True, slots=True)
class Unlikely:
    """One warning, on the sheet where it would be mended."""

    sheet: Sheet
    why: UnlikelyWhy
    facts: dict[str, Any]

    def told(self, language: Language) -> dict[str, str]:
        words = self.why.words
        return {
            "sheet": self.sheet.zh if language == "zh" else self.sheet.en,
            "code": self.why.value,
            "title": words.title(language),
            "detail": words.detail(language, self.facts),
        }


def unlikely_in(book: Book, at: datetime) -> list[Unlikely]:
    """Warnings about all that *book* publishes, line by line, papers last; papers and calendars as of *at*."""
    found = [warning for line in book.lines for warning in _of_line(line, at)]
    return [*found, *_of_papers(book, at)]


def _of_line(line: LineBook, at: datetime) -> Iterator[Unlikely]:
    prices = {one.capability: one for one in line.prices}
    for one in line.capabilities:
        named = {"line": line.code, "capability": one.code}
        yield from _of_speed(one, named)
        price = prices.get(one.code)
        if price is None:
            yield Unlikely(sheets.PRICES, UnlikelyWhy.PRICE_MISSING, named)
        elif not (price.setup_fen or price.fen_per_thousand or price.minimum_fen):
            yield Unlikely(sheets.PRICES, UnlikelyWhy.PRICE_ZERO, named)
    if line.calendar is None:
        yield Unlikely(sheets.CALENDARS, UnlikelyWhy.CALENDAR_MISSING, {"line": line.code})
    elif line.calendar.valid_until <= local_day(at):
        facts = {"line": line.code, "until": line.calendar.valid_until}
        yield Unlikely(sheets.CALENDARS, UnlikelyWhy.CALENDAR_ENDED, facts)


def _of_speed(one: Capability, named: dict[str, str]) -> Iterator[Unlikely]:
    known = capabilities().get(one.code)
    if known is not None and known.usual_rate is not None:
        least, most = known.usual_rate
        if one.rate_per_hour * RATE_FACTOR < least or one.rate_per_hour > most * RATE_FACTOR:
            facts = {**named, "found": one.rate_per_hour, "unit": one.unit, "least": least, "most": most}
            yield Unlikely(sheets.ABILITIES, UnlikelyWhy.RATE_UNLIKELY, facts)
    if one.efficiency_ppm < EFFICIENCY_PPM_LEAST:
        facts = {**named, "found": f"{one.efficiency_ppm * 100 / PPM:g}"}
        yield Unlikely(sheets.ABILITIES, UnlikelyWhy.EFFICIENCY_UNLIKELY, facts)


def _of_papers(book: Book, at: datetime) -> Iterator[Unlikely]:
    """Papers count while they hold or are still to hold; ended ones are as good as none."""
    today = local_day(at)
    known = [capabilities()[one.code] for line in book.lines for one in line.capabilities if one.code in capabilities()]
    if not any(one.valid_until > today for one in book.proofs):
        yield from _lacking(known, "food_contact", UnlikelyWhy.CONTACT_PROOF_MISSING, sheets.PROOFS)
    if not any(one.valid_until > today for one in book.licences):
        yield from _lacking(known, "licence", UnlikelyWhy.LICENCE_ABSENT, sheets.LICENCES)


def _lacking(known: list[KnownCapability], paper: str, why: UnlikelyWhy, sheet: Sheet) -> Iterator[Unlikely]:
    codes = sorted({one.code for one in known if one.paper == paper})
    if codes:
        yield Unlikely(sheet, why, {"capabilities": ", ".join(codes)})


_WORDS: dict[str, tuple[str, str, str, str]] = {
    "RATE_UNLIKELY": (
        "额定速度异常",
        "Unlikely speed",
        "产线 {line} 的 {capability} 每小时 {found} {unit}，常见为 {least} 至 {most}；请核对单位与小数点。",
        "{capability} on line {line}: {found} {unit} an hour, usual are {least} to {most}; check unit and decimal point.",
    ),
    "EFFICIENCY_UNLIKELY": (
        "计划效率过低",
        "Unlikely efficiency",
        "产线 {line} 的 {capability} 计划效率为 {found}%，排产会按此延长；请核对。",
        "{capability} on line {line} is planned at {found} % of its speed; check the percentage.",
    ),
    "PRICE_MISSING": (
        "缺少价格",
        "No price",
        "产线 {line} 的 {capability} 没有价格，因此不会被报价和派单。",
        "{capability} on line {line} has no price, so it will not be quoted and gets no work.",
    ),
    "PRICE_ZERO": (
        "价格为零",
        "Price of zero",
        "产线 {line} 的 {capability} 价格为零，将免费接单；请核对。",
        "{capability} on line {line} costs nothing and would work for free; check the price.",
    ),
    "CALENDAR_MISSING": (
        "没有日历",
        "No calendar",
        "产线 {line} 没有日历，没有可供预订的时间。",
        "Line {line} has no calendar, so it offers no hours.",
    ),
    "CALENDAR_ENDED": (
        "日历已过期",
        "Calendar has ended",
        "产线 {line} 的日历到 {until} 为止，已没有可供预订的时间。",
        "The calendar of line {line} ran until {until}; it offers no hours any more.",
    ),
    "CONTACT_PROOF_MISSING": (
        "没有有效的食品接触材料证明",
        "No food-contact proof that holds",
        "{capabilities} 需要食品接触材料证明；没有有效证明时不会被派单。",
        "{capabilities} need a food-contact proof; without one that holds they get no work.",
    ),
    "LICENCE_ABSENT": (
        "没有有效的食品生产许可证",
        "No food licence that holds",
        "{capabilities} 需要食品生产许可证；没有有效许可证时不会被派单。",
        "{capabilities} need a food production licence; without one that holds they get no work.",
    ),
}
