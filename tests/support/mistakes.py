"""The mistakes that people and programs make at the platform's door: each with its request and the answer it earns."""

import json
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from services.capacity.workbook.template import MEDIA_TYPE
from tests.support.open_house import FIRST_KEY, ORDER
from tests.support.workbooks import cell, edited

ABSENT = "0" * 26
_JSON = {"Content-Type": "application/json"}
_BOOK = {"Content-Type": MEDIA_TYPE}


@dataclass(frozen=True, slots=True)
class Mistake:
    """*what* somebody did wrong. *tells*: what the answer must say in either language, e.g. the figure found.

    *bearer* replaces the caller's token: `expired`, `forged`, `of another issuer`, or the text itself.
    """

    what: str
    method: str
    path: str
    answer: tuple[int, str]
    pointer: str | None = None
    tells: tuple[str, ...] = ()
    who: str | None = "brand"
    body: Any = None
    data: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    bearer: str | None = None

    def __str__(self) -> str:
        return self.what

    def content(self) -> dict[str, Any]:
        if self.data is not None:
            return {"data": self.data}
        return {} if self.body is None else {"json": self.body}


def spoilt(path: str, value: object) -> dict[str, Any]:
    """A good order but for *value* at *path* (`lines/0/quantity/value`)."""
    body = deepcopy(ORDER)
    at: Any = body
    *steps, last = [int(one) if one.isdigit() else one for one in path.split("/")]
    for step in steps:
        at = at[step]
    at[last] = value
    return body


def _order(what: str, path: str, value: object, code: str, pointer: str, *tells: str) -> Mistake:
    return Mistake(what, "POST", "/v1/orders", (422, code), pointer, tells, body=spoilt(path, value))


def _sent(what: str, data: bytes, status: int, code: str, *tells: str) -> Mistake:
    return Mistake(what, "POST", "/v1/orders", (status, code), None, tells, data=data, headers=_JSON)


def _unknown(what: str, path: str, code: str, *, who: str, method: str = "GET", body: Any = None) -> Mistake:
    return Mistake(what, method, path, (404, code), who=who, body=body, headers={"If-Match": '"v1"'})


def _book(what: str, place: str, value: object, code: str, *tells: str) -> Mistake:
    content = edited(cell(place, value))
    told = (place, code, *tells)
    path, answer = "/v1/plants/{plant}/workbook", (422, "WORKBOOK_BAD_CELLS")
    return Mistake(f"a workbook with {what}", "POST", path, answer, None, told, "plant", data=content, headers=_BOOK)


_AMOUNT = "lines/0/quantity"

JSON_TEXT = [
    _sent("JSON that breaks off", b'{"lines": [', 400, "BODY_UNREADABLE", "1", "12"),
    _sent("text that is not UTF-8", b'{"reference": "\xb1\xfe"}', 400, "BODY_UNREADABLE"),
    _sent("NaN as a number", b'{"lines": NaN}', 400, "BODY_UNREADABLE"),
    _sent("one member twice", b'{"reference": "a", "reference": "b"}', 400, "MEMBER_REPEATED", "reference"),
    _sent("JSON nested a hundred deep", b"[" * 100 + b"]" * 100, 400, "BODY_TOO_DEEP", "32"),
    _sent("JSON nested a million deep", b"[" * 1_000_000, 400, "BODY_TOO_DEEP", "32"),
    _sent(
        "two megabytes of JSON", json.dumps({"reference": "x" * 2_000_000}).encode(), 413, "BODY_TOO_LARGE", "1048576"
    ),
    _sent("a list instead of an object", b"[]", 422, "FIELDS_INVALID", "JSON"),
    Mistake(
        "XML",
        "POST",
        "/v1/orders",
        (415, "UNSUPPORTED_MEDIA_TYPE"),
        None,
        ("application/xml", "application/json"),
        data=b"<order/>",
        headers={"Content-Type": "application/xml"},
    ),
    Mistake(
        "a method the address does not know",
        "DELETE",
        "/v1/orders/{order}",
        (405, "METHOD_NOT_ALLOWED"),
        None,
        ("DELETE", "GET"),
    ),
]

FIELDS = [
    _order("an unknown field", "lines/0/colour", "dark", "FIELDS_INVALID", "/lines/0/colour"),
    _order(
        "a unit the product is not counted in",
        f"{_AMOUNT}/unit",
        "bottle",
        "QUANTITY_UNIT",
        "/lines/0/quantity",
        "bottle",
        "can",
    ),
    _order("a unit that is no unit", f"{_AMOUNT}/unit", "=1+1", "FIELDS_INVALID", "/lines/0/quantity/unit", "=1+1"),
    _order("part of a can", _AMOUNT, {"value": "0.5", "unit": "can"}, "QUANTITY_UNIT", "/lines/0/quantity", "0.5"),
    _order("a negative quantity", f"{_AMOUNT}/value", "-5", "FIELDS_INVALID", "/lines/0/quantity/value", "-5"),
    _order("a quantity of zero", f"{_AMOUNT}/value", "0", "FIELDS_INVALID", "/lines/0/quantity/value"),
    _order(
        "a huge quantity",
        f"{_AMOUNT}/value",
        "999999999999999",
        "QUANTITY_RANGE",
        "/lines/0/quantity",
        "999999999999999",
    ),
    _order(
        "a quantity of thirty digits", f"{_AMOUNT}/value", "9" * 30, "FIELDS_INVALID", "/lines/0/quantity/value", "15"
    ),
    _order(
        "a quantity as a JSON number", f"{_AMOUNT}/value", 12000, "FIELDS_INVALID", "/lines/0/quantity/value", "12000"
    ),
    _order(
        "a quantity in powers of ten", f"{_AMOUNT}/value", "1e9", "FIELDS_INVALID", "/lines/0/quantity/value", "1e9"
    ),
    _order(
        "a date that has passed", "requested_by", "2020-01-01T00:00:00Z", "DATE_PAST", "/requested_by", "2020-01-01"
    ),
    _order(
        "a date without a zone",
        "requested_by",
        "2026-12-20T08:00:00",
        "FIELDS_INVALID",
        "/requested_by",
        "2026-12-20T08:00:00",
        "2026-12-01T08:00:00Z",
    ),
    _order("30 February", "requested_by", "2027-02-30T08:00:00Z", "FIELDS_INVALID", "/requested_by", "2027-02-30"),
    _order("a date in words", "requested_by", "next Friday", "FIELDS_INVALID", "/requested_by", "next Friday"),
    _order("a date years ahead", "requested_by", "2036-01-01T00:00:00Z", "DATE_TOO_FAR", "/requested_by", "2036-01-01"),
    _order(
        "a product nobody makes", "lines/0/product", "tea-can-999", "PRODUCT_UNKNOWN", "/lines/0/product", "tea-can-999"
    ),
    _order(
        "a place nobody knows", "deliver_to/district", "999999", "DISTRICT_UNKNOWN", "/deliver_to/district", "999999"
    ),
    _order(
        "a required option left out", "lines/0/options", {}, "OPTION_MISSING", "/lines/0/options/artwork", "artwork"
    ),
    _order(
        "a negative price limit",
        "limits",
        {"price_max": {"amount": "-1.00", "currency": "CNY"}},
        "FIELDS_INVALID",
        "/limits/price_max/amount",
        "-1.00",
    ),
    _order(
        "another currency",
        "limits",
        {"price_max": {"amount": "1.00", "currency": "USD"}},
        "FIELDS_INVALID",
        "/limits/price_max/currency",
        "USD",
        "CNY",
    ),
    _order("a control character", "reference", "PO\u0007", "FIELDS_INVALID", "/reference"),
    Mistake(
        "a formula as the name of a plant",
        "POST",
        "/v1/plants",
        (422, "NAME_UNFIT"),
        None,
        ("=1+1",),
        "plant",
        body={"code": "P09", "name": "=1+1", "district": "421202"},
    ),
    Mistake("a page of a million", "GET", "/v1/orders?limit=1000000", (422, "FIELDS_INVALID"), "limit", ("200",)),
    Mistake("an unknown filter", "GET", "/v1/orders?colour=red", (422, "FIELDS_INVALID"), "colour"),
    Mistake("a made-up cursor", "GET", "/v1/orders?cursor=AAAA", (400, "CURSOR_INVALID"), None, ("next_cursor",)),
    Mistake(
        "a period that ends before it begins",
        "GET",
        "/v1/utilization?by=line&from=2026-12-05&to=2026-12-01",
        (422, "PERIOD_INVALID"),
        None,
        ("2026-12-05", "2026-12-01"),
        "plant",
    ),
]

UNKNOWN = [
    _unknown("an order that never was", f"/v1/orders/ord_{ABSENT}", "UNKNOWN_ORDER", who="brand"),
    _unknown("another brand's order", "/v1/orders/{order}", "UNKNOWN_ORDER", who="rival brand"),
    _unknown("an id that is none", "/v1/orders/42", "UNKNOWN_ORDER", who="brand"),
    _unknown(
        "a quote that never was",
        f"/v1/quotes/quo_{ABSENT}/accept",
        "UNKNOWN_QUOTE",
        who="brand",
        method="POST",
        body={"option_id": f"opt_{ABSENT}"},
    ),
    _unknown(
        "a delivery that never was",
        f"/v1/deliveries/dlv_{ABSENT}/confirm",
        "UNKNOWN_DELIVERY",
        who="brand",
        method="POST",
        body={},
    ),
    _unknown("another plant's line", "/v1/lines/{line}", "UNKNOWN_LINE", who="rival plant"),
    _unknown("another plant", "/v1/plants/{plant}", "UNKNOWN_PLANT", who="rival plant"),
    _unknown("an offer that never was", f"/v1/offers/off_{ABSENT}/accept", "UNKNOWN_OFFER", who="plant", method="POST"),
    _unknown(
        "work that never was",
        f"/v1/work-orders/wrk_{ABSENT}/start",
        "UNKNOWN_WORK",
        who="plant",
        method="POST",
        body={},
    ),
    _unknown("a lot that never was", f"/v1/lots/lot_{ABSENT}", "UNKNOWN_LOT", who="plant"),
    _unknown("an entry that never was", "/v1/entries/999999", "UNKNOWN_ENTRY", who="plant"),
    _unknown("an organisation that never was", f"/v1/organisations/org_{ABSENT}", "NOT_FOUND", who="office"),
    _unknown("an address that is none", "/v1/nothing", "NOT_FOUND", who="brand"),
]

KEYS_AND_VERSIONS = [
    Mistake(
        "a key used for another order",
        "POST",
        "/v1/orders",
        (422, "KEY_REUSED"),
        None,
        ("Idempotency-Key",),
        body=spoilt("reference", "another"),
        headers={"Idempotency-Key": FIRST_KEY},
    ),
    Mistake(
        "a key of two hundred characters",
        "POST",
        "/v1/orders",
        (400, "KEY_MALFORMED"),
        None,
        ("128",),
        body=ORDER,
        headers={"Idempotency-Key": "k" * 200},
    ),
    Mistake(
        "a change without a version",
        "POST",
        "/v1/orders/{order}/cancellation",
        (428, "VERSION_NEEDED"),
        None,
        ("If-Match", "ETag"),
        body={},
    ),
    Mistake(
        "a change of an older version",
        "POST",
        "/v1/orders/{order}/cancellation",
        (412, "VERSION_STALE"),
        None,
        ("1", "2"),
        body={},
        headers={"If-Match": '"v1"'},
    ),
    Mistake(
        "a version that is none",
        "POST",
        "/v1/orders/{order}/cancellation",
        (400, "HEADER_INVALID"),
        None,
        ("If-Match", '"v', "yesterday"),
        body={},
        headers={"If-Match": "yesterday"},
    ),
    Mistake(
        "a calendar of an older version",
        "PUT",
        "/v1/lines/{line}/prices",
        (412, "VERSION_STALE"),
        None,
        ("1", "7"),
        "plant",
        body={"prices": []},
        headers={"If-Match": '"v1"'},
    ),
]

TOKENS = [
    Mistake("no token", "POST", "/v1/orders", (401, "TOKEN_MISSING"), None, ("Authorization",), None, body=ORDER),
    Mistake("an expired token", "POST", "/v1/orders", (401, "TOKEN_EXPIRED"), body=ORDER, bearer="expired"),
    Mistake(
        "a token with another name in it", "POST", "/v1/orders", (401, "TOKEN_INVALID"), body=ORDER, bearer="forged"
    ),
    Mistake(
        "a token of another issuer",
        "POST",
        "/v1/orders",
        (401, "TOKEN_INVALID"),
        body=ORDER,
        bearer="of another issuer",
    ),
    Mistake("a token without a signature", "POST", "/v1/orders", (401, "TOKEN_INVALID"), body=ORDER, bearer="unsigned"),
    Mistake("a token that is none", "POST", "/v1/orders", (401, "TOKEN_INVALID"), body=ORDER, bearer="let me in"),
    Mistake(
        "a plant that orders",
        "POST",
        "/v1/orders",
        (403, "PERMISSION_MISSING"),
        None,
        ("order:place",),
        "plant",
        body=ORDER,
    ),
    Mistake(
        "a brand that imports a workbook",
        "POST",
        "/v1/plants/{plant}/workbook",
        (403, "PERMISSION_MISSING"),
        None,
        ("workbook:import",),
        data=b"",
        headers=_BOOK,
    ),
]

BOOKS = [
    _book("an empty name", "产线!B3", None, "EMPTY_REQUIRED"),
    _book("a formula", "产线!D3", "=1+1", "FORMULA_CELL"),
    _book("an error value", "产线!D3", "#REF!", "ERROR_CELL", "#REF!"),
    _book("a link as text", "产线!B3", '\'=HYPERLINK("http://x")', "FORMULA_INJECTION", "HYPERLINK"),
    _book("a command as text", "产线!B3", "+cmd|' /C calc'!A0", "FORMULA_INJECTION", "calc"),
    _book("a control character", "产线!B3", "L_x0007_", "CONTROL_CHARACTER"),
    _book("a name too long", "产线!B3", "N" * 61, "TEXT_TOO_LONG", "60", "61"),
    _book("a number for a name", "产线!B3", 1, "TEXT_EXPECTED", "1"),
    _book("a word for a speed", "工艺能力!E3", "quick", "NUMBER_EXPECTED", "quick"),
    _book("a negative speed", "工艺能力!E3", -5, "NUMBER_NEGATIVE", "-5"),
    _book("a speed of zero", "工艺能力!E3", 0, "NUMBER_ZERO"),
    _book("a huge speed", "工艺能力!E3", 10**9, "NUMBER_TOO_LARGE", "1000000000"),
    _book("a yield below bounds", "工艺能力!F3", 0.005, "NUMBER_TOO_SMALL", "0.5"),
    _book("half a piece an hour", "工艺能力!E3", 1200.5, "NUMBER_NOT_WHOLE", "1200.5"),
    _book("a tenth of a fen", "价格!C3", 0.001, "TOO_MANY_DECIMALS", "0.001"),
    _book("30 February", "日历!B3", "2026-02-30", "DATE_EXPECTED", "2026-02-30"),
    _book("25 o'clock", "班次!C3", "25:00", "TIME_EXPECTED", "25:00"),
    _book("a repair without an hour", "检修!B3", "2026-12-09", "MOMENT_EXPECTED", "2026-12-09"),
    _book("an eighth weekday", "班次!B3", "8", "CHOICE_UNKNOWN", "8"),
    _book("a calendar that is not there", "产线!C3", "C9", "REFERENCE_UNKNOWN", "C9"),
    _book("a capability nobody knows", "工艺能力!B3", "FILL_MILK", "CAPABILITY_UNKNOWN", "FILL_MILK"),
    _book("the wrong unit", "工艺能力!C3", "bottle", "UNIT_WRONG", "bottle", "can"),
    _book("a mistyped licence", "食品生产许可证!A3", "SC10642120290018", "LICENCE_CHECK_DIGIT", "SC10642120290018"),
    Mistake(
        "a picture for a workbook",
        "POST",
        "/v1/plants/{plant}/workbook",
        (400, "WORKBOOK_UNREADABLE"),
        None,
        (".xlsx",),
        "plant",
        data=b"\x89PNG",
        headers=_BOOK,
    ),
    Mistake(
        "a workbook sent as JSON",
        "POST",
        "/v1/plants/{plant}/workbook",
        (415, "UNSUPPORTED_MEDIA_TYPE"),
        None,
        ("application/json", MEDIA_TYPE),
        "plant",
        body={},
    ),
]

MISTAKES = [*JSON_TEXT, *FIELDS, *UNKNOWN, *KEYS_AND_VERSIONS, *TOKENS, *BOOKS]
