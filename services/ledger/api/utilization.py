"""Utilization: elements and indicators by line, plant, county, day and month; and the registry of their formulas."""

from typing import Any

from services.ledger.api import schemas
from services.ledger.api.figures import open_spans_shown, rule_versions, shown_groups
from services.ledger.api.ledger import Ledger, grouping_of, scope_of
from services.ledger.domain import line_states
from services.ledger.domain.figures import elements, indicators
from services.ledger.projections.open_spans import list_open
from services.ledger.projections.sums import list_balances, list_groups, sums_of
from shared.web.access import current_principal, permits
from shared.web.app import provided
from shared.web.cursors import after, page
from shared.web.routes import Answer, Routes

routes = Routes("utilization", description="Utilization and its formulas 产能利用率与公式")


@routes.get(
    "/utilization", operation_id="getUtilization", query=schemas.UtilizationQuery, answer=schemas.UtilizationView
)
@permits("ledger:read")
def utilization(query: dict[str, Any]) -> Answer:
    """Time elements, quantities and indicators of line-days, grouped; each figure with its entries.

    The office sees all lines, a factory its own, as of an instant. Indicators are quotients of summed elements. Set-ups, runs and
    stoppages count once they end: `open_spans` names those that have not, and a group they run in is `unfinished`.
    """
    by, scope, principal = grouping_of(query["by"]), scope_of(query), current_principal()
    with provided(Ledger).moment(query["as_of"]) as moment:
        asked = moment.scoped(scope)
        keys = list_groups(moment.connection, asked, principal, by, after=after(query), limit=query["limit"] + 1)
        made = page(query, keys, list)
        sums = sums_of(moment.connection, asked, principal, by, made["items"])
        open_spans = list_open(moment.connection, asked, principal)
        return {
            **moment.named,
            "rules": rule_versions(),
            "open_spans": open_spans_shown(open_spans),
            "items": shown_groups(moment, scope, by, sums, open_spans),
            "next_cursor": made["next_cursor"],
        }


@routes.get("/kpis", operation_id="getKpiRegistry", answer=schemas.RegistryView)
@permits("ledger:read")
def registry() -> Answer:
    """Every element and indicator with its formula, source and rule version."""
    return {
        "rules": rule_versions(),
        "elements": [
            {
                "code": one.code,
                "unit": one.unit,
                "zh": one.zh,
                "en": one.en,
                "accounts": [account.value for account in (*one.time, *one.units, *one.ideal)],
            }
            for one in elements().values()
        ],
        "indicators": list(indicators().values()),
        "line_states": line_states.rows(),
    }


@routes.get("/balances", operation_id="listBalances", query=schemas.ScopedQuery, answer=schemas.BalancePage)
@permits("ledger:read")
def balances(query: dict[str, Any]) -> Answer:
    """Line-time balances by line, production day, account and client: what all figures are summed from."""
    scope = scope_of(query)
    with provided(Ledger).moment(query["as_of"]) as moment:
        rows = list_balances(
            moment.connection,
            moment.scoped(scope),
            current_principal(),
            after=after(query),
            limit=query["limit"] + 1,
        )
        key = ("line_id", "day", "account", "client")
        made = page(query, rows, lambda row: [row[name] for name in key])
        return {**moment.named, **made}
