"""The programme's targets, and who counts towards them by the ledger alone."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from services.ledger.api import schemas
from services.ledger.api.figures import rule_versions
from services.ledger.api.ledger import Ledger, Moment
from services.ledger.domain import programme as policy
from services.ledger.domain.programme import Target
from services.ledger.projections.programme import members_of
from services.ledger.projections.scope import Scope
from shared.web.access import current_principal, permits
from shared.web.app import provided
from shared.web.routes import Answer, Routes

routes = Routes("programme", description="Targets and counts of the programme 试点目标与计数")


@routes.get("/programme", operation_id="getProgramme", query=schemas.AsOfQuery, answer=schemas.ProgrammeView)
@permits("programme:read")
def programme(query: dict[str, Any]) -> Answer:
    """Each target of the policy with its count, by county and month, and everybody who is counted."""
    with provided(Ledger).moment(query["as_of"]) as moment:
        return {
            "as_of": moment.size,
            "root": moment.root,
            "rules": {**rule_versions(), "programme": policy.version()},
            "source": policy.source(),
            "targets": [_shown(moment, target) for target in policy.targets()],
        }


def _shown(moment: Moment, target: Target) -> dict[str, Any]:
    members = members_of(moment.connection, target, moment.scoped(Scope()), current_principal())
    return {
        **{name: getattr(target, name) for name in ("code", "zh", "en", "place", "until", "least", "most")},
        "rule_zh": target.rule_zh,
        "rule_en": target.rule_en,
        "counted": len(members),
        "is_reached": len(members) >= target.least,
        "by_county": _counts(one.county for one in members),
        "by_month": _counts(one.since[:7] for one in members),
        "members": [
            {
                "id": one.id,
                "kind": one.kind,
                "name": one.name,
                "county": one.county,
                "since": one.since,
                "busy_seconds": one.busy_seconds,
                "admission_url": f"/v1/entries/{one.entry}",
            }
            for one in members
        ],
    }


def _counts(keys: Iterable[str]) -> list[dict[str, object]]:
    return [{"key": key, "count": count} for key, count in sorted(Counter(keys).items())]
