"""Figures as files for those who work with spreadsheets: CSV and XLSX, whole, with what they were made of."""

from typing import Any

from flask import Response

from services.ledger.api import schemas, tables
from services.ledger.api.figures import rule_versions, shown_groups
from services.ledger.api.ledger import Ledger, Moment, grouping_of, scope_of
from services.ledger.domain.refusals import Why
from services.ledger.projections.open_spans import list_open
from services.ledger.projections.scope import Scope
from services.ledger.projections.sums import list_groups, sums_of
from shared.kernel.principal import Principal
from shared.kernel.refusal import Refused
from shared.web.access import current_principal, permits
from shared.web.app import provided
from shared.web.operations import BINARY, TEXT, Manner
from shared.web.routes import Answer, Routes

routes = Routes("exports", description="Figures as files 导出")
GROUPS_MAX = 5_000
_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_FILES = {"text/csv": TEXT, _TYPES["xlsx"]: BINARY}


@routes.get("/exports", operation_id="exportUtilization", manner=Manner(gives=_FILES), query=schemas.ExportQuery)
@permits("ledger:export")
def export(query: dict[str, Any]) -> Answer:
    """Utilization as a CSV or XLSX file. The same question of the same ledger gives the same bytes."""
    by, scope, principal = grouping_of(query["by"]), scope_of(query), current_principal()
    with provided(Ledger).moment(query["as_of"]) as moment:
        figures = tables.figures_sheet(_groups(moment, scope, principal, by))
        about = tables.about_sheet(_about(moment, query))
    if query["format"] == "csv":
        raw = tables.as_csv(figures)
    else:
        raw = tables.as_xlsx([figures, tables.formulas_sheet(), about])
    answer = Response(raw, content_type=_TYPES[query["format"]])
    name = f"utilization-{scope.first}-{scope.end}-{moment.size}.{query['format']}"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["X-Ledger-Size"], answer.headers["X-Ledger-Root"] = str(moment.size), moment.root
    return answer


def _groups(moment: Moment, scope: Scope, principal: Principal, by: list[str]) -> list[dict[str, Any]]:
    asked = moment.scoped(scope)
    keys = list_groups(moment.connection, asked, principal, by, limit=GROUPS_MAX + 1)
    if len(keys) > GROUPS_MAX:
        raise Refused(Why.EXPORT_TOO_LARGE, pointer="/to", limit=GROUPS_MAX)
    sums = sums_of(moment.connection, asked, principal, by, keys)
    return shown_groups(moment, scope, by, sums, list_open(moment.connection, asked, principal))


def _about(moment: Moment, query: dict[str, Any]) -> dict[str, str]:
    asked = {name: str(value) for name, value in sorted(query.items()) if value is not None}
    return {
        "台账条目数 entries": str(moment.size),
        "树根 root": moment.root,
        **{f"规则版本 rules: {name}": version for name, version in rule_versions().items()},
        **{f"查询 query: {name}": value for name, value in asked.items()},
    }
