"""Routes of places: where goods can be brought to, by code and by name."""

from typing import Any

from services.order.api.catalogue_views import DistrictsPage, DistrictsQuery
from services.order.domain.refusals import Why
from shared.kernel.refusal import Refused
from shared.reference.places import District, districts, transport
from shared.web.access import permits
from shared.web.cursors import after, page
from shared.web.routes import Answer, Routes

routes = Routes("districts", description="Places that goods can be brought to")


@routes.get("/districts", operation_id="listDistricts", query=DistrictsQuery, answer=DistrictsPage)
@permits("catalogue:read")
def list_districts(query: dict[str, Any]) -> Answer:
    """Places by code, with their names; with `?from=` the road from there, which is told where it is approximate."""
    origin, behind = query["from_"], after(query)
    if origin is not None and origin not in districts():
        raise Refused(Why.DISTRICT_UNKNOWN, pointer="/from", found=origin, known=", ".join(districts()))
    rows = [one for one in sorted(districts().values(), key=_code) if behind is None or one.code > behind[0]]
    shown = [_shown(one, origin) for one in rows[: query["limit"] + 1]]
    return page(query, shown, lambda one: [one["code"]])


def _code(district: District) -> str:
    return district.code


def _shown(district: District, origin: str | None) -> dict[str, Any]:
    road = transport()
    pair = None if origin is None else (origin, district.code)
    return {
        "code": district.code,
        "object": "district",
        "name": {"zh": district.zh, "en": district.en},
        "level": "prefecture" if district.is_prefecture else "county",
        "has_plants": bool(district.county_digits),
        "distance_km": None if pair is None else road.distance_km(*pair),
        "is_approximate": None if pair is None else pair in road.approximate,
    }
