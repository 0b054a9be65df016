"""What one workbook says about one plant, as a value; and the same value from what the platform knows."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from services.capacity.domain.line_state import Line
from services.capacity.domain.plant import Plant
from services.capacity.domain.values import (
    AutoAcceptRule,
    Calendar,
    Capability,
    ChangeoverRule,
    FoodContactProof,
    Licence,
    Price,
)


@dataclass(frozen=True, slots=True)
class LineBook:
    """One line. *calendar* None: the workbook leaves the line's hours alone. *place*: the cell that names it.

    *calendar_code*: what the workbook calls the calendar; "" where no workbook has named it.
    """

    code: str
    name: str
    load_cap_hours_per_week: int
    frozen_fence_hours: int
    capabilities: list[Capability]
    calendar: Calendar | None
    changeovers: list[ChangeoverRule]
    prices: list[Price]
    auto_accept_rules: list[AutoAcceptRule]
    place: str = field(default="", compare=False)
    calendar_code: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Book:
    """A plant with its lines and papers."""

    plant_code: str
    plant_name: str
    district: str
    lines: list[LineBook]
    licences: list[Licence]
    proofs: list[FoodContactProof]


def joined(before: Book, book: Book) -> Book:
    """What stands once *book* is imported over *before*: what a workbook does not list stays."""
    listed = {one.code: one for one in book.lines}
    kept = {one.code: one for one in before.lines}
    return Book(
        plant_code=book.plant_code,
        plant_name=book.plant_name,
        district=book.district,
        lines=[_over(kept.get(code), listed.get(code, one)) for code, one in {**kept, **listed}.items()],
        licences=list({one.number: one for one in [*before.licences, *book.licences]}.values()),
        proofs=list({one.certificate: one for one in [*before.proofs, *book.proofs]}.values()),
    )


def _over(before: LineBook | None, line: LineBook) -> LineBook:
    """*line*, with the hours it had where the workbook leaves them alone."""
    return line if line.calendar is not None or before is None else replace(line, calendar=before.calendar)


def book_of(plant: Plant, lines: Iterable[Line]) -> Book:
    """What stands now, in the shape of a workbook."""
    return Book(
        plant_code=plant.code,
        plant_name=plant.name,
        district=plant.district,
        lines=[
            LineBook(
                code=line.code,
                name=line.name,
                load_cap_hours_per_week=line.load_cap_hours_per_week,
                frozen_fence_hours=line.frozen_fence_hours,
                capabilities=line.capabilities,
                calendar=line.calendar,
                changeovers=line.changeovers,
                prices=line.prices,
                auto_accept_rules=line.auto_accept_rules,
            )
            for line in lines
        ],
        licences=list(plant.licences.values()),
        proofs=list(plant.proofs.values()),
    )
