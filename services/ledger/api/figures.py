"""How figures are shown: each element and indicator with the address of exactly the entries that stand behind it."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlencode

from services.ledger.api.ledger import Moment
from services.ledger.domain import figures, line_states
from services.ledger.domain.figures import Element, Ratio, Sums, element_value, elements, indicators, quantity_in, ratio
from services.ledger.projections.open_spans import OpenSpan, is_unfinished
from services.ledger.projections.programme import names
from services.ledger.projections.scope import Scope
from services.ledger.projections.sums import Key
from shared.reference.places import districts


def rule_versions() -> dict[str, str]:
    """The versions of the rules that figures are made by."""
    return {"figures": figures.version(), "line_states": line_states.version()}


def events_url(moment: Moment, scope: Scope, codes: Iterable[str]) -> str:
    """Where to read the entries whose postings make up the elements *codes* within *scope*, as of this moment."""
    asked = {
        "behind": ",".join(codes),
        "from": scope.first,
        "to": scope.end,
        "line": scope.line,
        "plant": scope.plant,
        "county": scope.county,
        "as_of": str(moment.as_of),
    }
    return f"/v1/entries?{urlencode({name: value for name, value in asked.items() if value})}"


def shown_groups(
    moment: Moment, scope: Scope, by: Sequence[str], sums: dict[Key, Sums], open_spans: Sequence[OpenSpan]
) -> list[dict[str, Any]]:
    """One item a group, in the order of *sums*. *open_spans*: what runs on, and is posted when it ends."""
    known = names(moment.connection)
    return [
        {
            "key": _shown_key(by, key, known),
            "unfinished": is_unfinished(by, key, open_spans),
            **_shown_sums(moment, scope.within(by, key), one),
        }
        for key, one in sums.items()
    ]


def open_spans_shown(open_spans: Sequence[OpenSpan]) -> list[dict[str, Any]]:
    return [
        {
            "line_id": one.line_id,
            "line_name": one.line_name,
            "kind": one.kind,
            "since": datetime.fromtimestamp(one.since, UTC),
        }
        for one in open_spans
    ]


def _shown_key(by: Sequence[str], key: Key, known: dict[str, str]) -> dict[str, str]:
    shown: dict[str, str] = {}
    for grouping, value in zip(by, key, strict=True):
        if grouping in {"line", "plant"}:
            shown |= {f"{grouping}_id": value, f"{grouping}_name": known.get(value, "")}
        elif grouping == "county":
            place = districts().get(value)
            shown |= {"county": value, "county_zh": place.zh if place else "", "county_en": place.en if place else ""}
        elif grouping == "week":
            year, number, _ = date.fromisoformat(value).isocalendar()
            shown |= {"week": f"{year}-W{number:02d}", "week_from": value}
        elif grouping != "all":
            shown[grouping] = value
    return shown


def _shown_sums(moment: Moment, scope: Scope, sums: Sums) -> dict[str, Any]:
    def url(*codes: str) -> str:
        return events_url(moment, scope, codes)

    time = [one for one in elements().values() if one.time]
    units = [one for one in elements().values() if one.units]
    ideal = [one for one in elements().values() if one.ideal]
    return {
        "elements": {
            one.code: {"value": int(element_value(one, sums)), "unit": one.unit, "events_url": url(one.code)}
            for one in time
        },
        "quantities": [
            {
                "unit": unit,
                "elements": {
                    one.code: {"value": quantity_in(unit, one, sums), "unit": unit, "events_url": url(one.code)}
                    for one in units
                },
            }
            for unit in sums.unit_codes
        ],
        "ideal_times": {one.code: {**_shown_ratio(_ideal(one, sums)), "events_url": url(one.code)} for one in ideal},
        "clients": {"value": len(sums.clients), "unit": "clients", "events_url": url("AUBT_THIRD")},
        "indicators": {
            one.code: {**_shown_ratio(ratio(one, sums)), "events_url": url(*one.elements)}
            for one in indicators().values()
        },
    }


def _ideal(element: Element, sums: Sums) -> Ratio:
    try:
        value = element_value(element, sums)
    except figures.Undefined as undefined:
        return Ratio("", "", None, str(undefined))
    return Ratio(str(value.numerator), str(value.denominator), figures.decimal_text(value))


def _shown_ratio(found: Ratio) -> dict[str, Any]:
    return {"num": found.num, "den": found.den, "value": found.value, "reason": found.reason}
