"""Quantities that a plant reports, in any unit the product is ordered in, as whole base units of the step."""

from collections.abc import Mapping

from services.capacity.domain.refusals import Why
from services.capacity.domain.work_events import WorkOffered
from shared.kernel.refusal import Refused
from shared.kernel.units import QUANTITY_MAX, Quantity, TooMany
from shared.reference.units import in_base_units, known_units, name_of
from shared.web.fields import Given


def output_units(terms: WorkOffered, given: Given | None, pointer: str) -> int:
    """What came out, in the step's unit; absent means none. Raises Refused: UNIT_MISMATCH, PIECES_WHOLE,
    MORE_THAN_PLANNED beyond any quantity.
    """
    if given is None:
        return 0
    return _whole(given, terms.unit, terms.units_of(terms.unit), pointer).value


def eaten_units(terms: WorkOffered, item: str, given: Given, pointer: str) -> Quantity:
    """What was eaten of *item*, in the unit of that input; of an item the step does not eat, as it was given."""
    unit = next((one.unit for one in terms.inputs if one.item == item), given.unit)
    return _whole(given, unit, terms.units_of(unit), pointer)


def _whole(given: Given, base: str, units: Mapping[str, int], pointer: str) -> Quantity:
    known = known_units(base, units)
    if given.unit not in known and all(name_of(one)["zh"] != given.unit for one in known):
        raise Refused(Why.UNIT_MISMATCH, pointer=f"{pointer}/unit", expected=", ".join(known), found=given.unit)
    try:
        return in_base_units(given.value, given.unit, base, units)
    except TooMany as fault:
        found = f"{given.value} {given.unit}"
        raise Refused(Why.MORE_THAN_PLANNED, pointer=pointer, found=found, limit=QUANTITY_MAX, unit=base) from fault
    except ValueError as fault:
        found = f"{given.value} {given.unit}"
        raise Refused(Why.PIECES_WHOLE, pointer=f"{pointer}/value", found=found, unit=base) from fault
