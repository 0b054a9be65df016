"""Story 4: P09's food licence ends inside the planned window, so the hot-fill run is refused with the reason."""

from datetime import UTC, datetime, timedelta

from services.demo import ordering
from services.demo.stage import Stage

BUYER = "B4"
PLACED_AT = datetime(2026, 12, 18, 0, 0, tzinfo=UTC)  # two days before the licence's last day
QUANTITY = 400_000  # more than the line fills in those two days


def tell(stage: Stage) -> str:
    if stage.now < PLACED_AT:
        stage.carry_out(PLACED_AT)
    herbal = ordering.line("herbal-pet-500", QUANTITY, "bottle", sugar="no")
    order = ordering.place(
        stage, BUYER, [herbal], to=("421202", "咸安"), by=stage.now + timedelta(days=20), reference="GZ-400K"
    )
    stage.expect(order["state"] == "unplannable", "no plan beyond the licence", order["state"])
    reasons = order["failure"]["reasons"]
    ordering.show_reasons(stage, reasons)
    told = {one["code"]: one for one in reasons}
    stage.expect("LICENCE_EXPIRES" in told, "LICENCE_EXPIRES among the reasons", sorted(told))
    ends = told["LICENCE_EXPIRES"]
    return f"refused with LICENCE_EXPIRES: no licence for category {ends['facts']['category']} covers the whole run"
