"""Typed planning reasons (domain rules of matching): why a line, a date or a whole plan is refused, in zh and en."""

from enum import StrEnum

import msgspec


class ReasonCode(StrEnum):
    """Why work cannot be placed. The order is the precedence: two faults have one first answer."""

    CAPABILITY_MISSING = "CAPABILITY_MISSING"
    FORMAT_UNSUPPORTED = "FORMAT_UNSUPPORTED"
    PLANT_EXCLUDED = "PLANT_EXCLUDED"
    LICENCE_MISSING = "LICENCE_MISSING"
    LICENCE_EXPIRES = "LICENCE_EXPIRES"
    FOOD_CONTACT_CERT_MISSING = "FOOD_CONTACT_CERT_MISSING"
    MOQ_NOT_MET = "MOQ_NOT_MET"
    BATCH_TOO_LARGE = "BATCH_TOO_LARGE"
    CHANGEOVER_FORBIDDEN = "CHANGEOVER_FORBIDDEN"
    CALENDAR_CLOSED = "CALENDAR_CLOSED"
    CAPACITY_FULL = "CAPACITY_FULL"
    FACTORY_LOAD_CAP = "FACTORY_LOAD_CAP"
    FROZEN_FENCE = "FROZEN_FENCE"
    MATERIAL_MISSING = "MATERIAL_MISSING"
    TRANSPORT_TOO_LONG = "TRANSPORT_TOO_LONG"
    COLD_CHAIN_NO_SLOT = "COLD_CHAIN_NO_SLOT"
    LAG_EXCEEDED = "LAG_EXCEEDED"
    COLOUR_RULE = "COLOUR_RULE"
    DATE_TOO_EARLY = "DATE_TOO_EARLY"
    PRICE_ABOVE_LIMIT = "PRICE_ABOVE_LIMIT"
    PLANTS_ABOVE_LIMIT = "PLANTS_ABOVE_LIMIT"
    HELD_ENOUGH = "HELD_ENOUGH"
    HOLD_LOST = "HOLD_LOST"


class Relaxation(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """The smallest change that would make it possible: *kind* such as `quantity`, `date`, `price`, `plants`, and
    the value that would do (`to`: decimal text, instant text or code), with the unit where it has one.
    """

    kind: str
    to: str
    unit: str = ""


class PlanReason(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """One typed no. Never names a rival's order: *facts* hold only limits of the line and the asker's own figures."""

    code: ReasonCode
    step: str = ""
    capability: str = ""
    variant: str = ""
    plant_id: str = ""
    plant_name: str = ""
    line_id: str = ""
    facts: dict[str, str] = {}
    relaxation: Relaxation | None = None
