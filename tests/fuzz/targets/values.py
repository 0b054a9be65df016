"""Parsers of single values: instants, days, quantities, money, codes, the environment."""

import contextlib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from marshmallow import ValidationError

from services.capacity import settings as capacity_settings
from services.ledger import settings as ledger_settings
from services.order import settings as order_settings
from services.portal import settings as portal_settings
from services.portal.domain.credit_code import check_character, is_credit_code
from shared.kernel.clock import instant_text, parse_instant
from shared.kernel.ids import is_id
from shared.kernel.money import parse_money
from shared.kernel.refusal import Refused
from shared.kernel.units import convert
from shared.reference.food import check_digit, parse_number
from shared.settings import PREFIX, Environment, SettingsWrong
from shared.web.bodies import read_json
from shared.web.fields import Day, Instant, MoneyField, QuantityField
from tests.fuzz.targets.target import Feed, Target, expect, text_of

PLACE = Path("var")
_FACTORS = {"can": 1, "pallet": 2_400, "kg": 1_000}


def _instants() -> Feed:
    instant, day = Instant(), Day()

    def feed(raw: bytes) -> None:
        text = text_of(raw)
        with contextlib.suppress(ValueError):
            at = parse_instant(text)
            expect(holds=parse_instant(instant_text(at)) == at, what=f"{text!r} is not the same told again")
        with contextlib.suppress(ValidationError):
            found: datetime = instant.deserialize(text)
            expect(holds=found.tzinfo is not None, what=f"naive: {found!r}")
            expect(holds=instant.deserialize(instant_text(found)) == found, what=f"{text!r} is not taken back")
        with contextlib.suppress(ValidationError):
            day.deserialize(text)

    return feed


def _amounts() -> Feed:
    money, quantity, none = MoneyField(), QuantityField(), QuantityField(zero=True)

    def feed(raw: bytes) -> None:
        value, _, unit = text_of(raw).partition(" ")
        with contextlib.suppress(ValueError):
            found = parse_money(value)
            expect(holds=parse_money(str(found)) == found, what=f"{value!r} is not the same told again")
        with contextlib.suppress(ValueError):
            amount = convert(value, unit, "can", _FACTORS)
            expect(holds=convert(str(amount.value), "can", "can", {}) == amount, what=f"{value!r} {unit!r}")
        for field, sent in (
            (money, {"amount": value, "currency": unit or "CNY"}),
            (quantity, {"value": value, "unit": unit}),
            (none, {"value": value, "unit": unit}),
        ):
            with contextlib.suppress(ValidationError):
                field.deserialize(sent)

    return feed


def _codes() -> Feed:
    def feed(raw: bytes) -> None:
        text = text_of(raw)
        if is_credit_code(text):
            expect(holds=check_character(text[:17]) == text[17], what=f"{text!r} has a wrong check character")
        with contextlib.suppress(ValueError):
            check_character(text)
        with contextlib.suppress(ValueError):
            number = parse_number(text)
            expect(holds=text[2:].isascii() and len(check_digit(text[2:15])) == len(number.check), what=repr(text))
        if is_id(text, "ord"):
            expect(holds=len(text) == 30 and text.isascii(), what=f"{text!r} is no id")

    return feed


def _settings() -> Feed:
    readers: list[Callable[[Environment], object]] = [
        portal_settings.read,
        order_settings.read,
        capacity_settings.read,
        ledger_settings.read,
    ]

    def feed(raw: bytes) -> None:
        lines = [line.partition("=") for line in text_of(raw).split("\n")]
        values = {f"{PREFIX}{name}": value for name, _, value in lines}
        environment = Environment(values)
        for read in readers:
            with contextlib.suppress(SettingsWrong):
                read(environment)
        for name in ("N", "ANSWER_OFFER_HOURS"):
            with contextlib.suppress(SettingsWrong):
                expect(holds=environment.number(name, 5, least=1) >= 1, what="below the least")
        with contextlib.suppress(SettingsWrong):
            environment.flag("SECURE_COOKIES", default=True)
        with contextlib.suppress(SettingsWrong):
            environment.folder("DATA", PLACE)

    return feed


def _json() -> Feed:
    def feed(raw: bytes) -> None:
        with contextlib.suppress(Refused):
            read_json(raw)

    return feed


VALUES = [
    Target("instants", _instants),
    Target("amounts", _amounts),
    Target("codes", _codes),
    Target("settings", _settings),
    Target("json", _json),
]
