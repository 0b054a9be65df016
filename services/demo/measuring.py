"""What the programme office looks at in the stories: utilization by plant, and the entries behind one figure."""

from datetime import datetime, timedelta
from fractions import Fraction

from services.demo.party import Json
from services.demo.stage import Stage
from shared.kernel.clock import LOCAL_ZONE, parse_instant

HOUR_S = 3_600


def utilization(stage: Stage, first: datetime, end: datetime, by: str = "plant") -> list[Json]:
    """Groups of utilization over the production days that [first, end) touches."""
    days = {"from": _day(first), "to": _day(end + timedelta(days=1))}
    return stage.party("OFFICE").items("/v1/utilization", by=by, **days)


def _day(at: datetime) -> str:
    return at.astimezone(LOCAL_ZONE).date().isoformat()


def show_utilization(stage: Stage, plan: Json, when: str) -> dict[str, Fraction]:
    """The headline figure of each plant of *plan* over the plan's days; returns it by plant id."""
    begins = min(parse_instant(one["starts_at"]) for one in plan["steps"])
    ends = max(parse_instant(one["ends_at"]) for one in plan["steps"])
    names = {one["plant_id"]: one["plant"] for one in plan["steps"]}
    rows, found = [], {}
    for group in utilization(stage, begins, ends):
        plant_id = str(group["key"]["plant_id"])
        if plant_id not in names:
            continue
        busy, planned = (int(group["elements"][code]["value"]) for code in ("AUBT", "PBT"))
        found[plant_id] = Fraction(busy, planned) if planned else Fraction(0)
        rows.append((names[plant_id], _hours(busy), _hours(planned), f"{float(found[plant_id]):.1%}"))
    stage.trail.table((f"utilization {when}", "busy h", "planned h", "AUBT / PBT"), rows)
    return found


def _hours(seconds: int) -> str:
    return f"{seconds / HOUR_S:,.1f}"


def entries_behind(stage: Stage, figure: Json) -> list[Json]:
    """The ledger entries that *figure* names as its evidence."""
    path, _, query = str(figure["events_url"]).partition("?")
    pairs = (pair.partition("=") for pair in query.split("&") if pair)
    return stage.party("OFFICE").items(path, **{name: value for name, _, value in pairs})
