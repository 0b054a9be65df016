"""Facts the portal publishes (topic `portal`, keyed by organisation id)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from shared.contracts.envelope import Fact

TOPIC = "portal"


class OrganisationAdmitted(Fact):
    """An organisation was admitted to the programme by the office."""

    org_id: str
    kind: Literal["buyer", "factory", "office"]
    name: str
    credit_code: str
    district: str
    admitted_at: datetime


FACTS: Mapping[str, type[Fact]] = {"portal.organisation-admitted.v1": OrganisationAdmitted}
