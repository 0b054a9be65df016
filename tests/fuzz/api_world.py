"""As whom the API is tried, what a document is told of the world it is tried on, and what that one may never read."""

from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from services.demo import ordering
from services.demo.world import organisations
from services.embedded.front import gateway_of
from services.embedded.gateway import Environ, StartResponse
from shared.kernel.clock import instant_text
from shared.kernel.principal import Principal, Role
from tests.support.traded_house import Traded, canary

_NO_SECRETS = frozenset({"org_id", "index"})  # partners know organisations; an index is a number like any other
_EXAMPLES_AT = {"post /v1/orders": "", "post /v1/inquiries": "", "post /v1/orders/{order_id}/changes": ""}


@dataclass(slots=True)
class TriedHouse:
    """A WSGI application: the house's gateway, called by *who* with *token*. *secrets* are what others alone may read."""

    traded: Traded
    who: Principal
    token: str = field(init=False)
    secrets: frozenset[str] = field(init=False)
    statuses: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.token = self.traded.token(self.who)
        self.secrets = frozenset(_secrets_from(self.traded, self.who))
        self._gateway = gateway_of(self.traded.house)

    _gateway: Any = field(init=False)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        def started(status: str, *more: Any) -> Any:
            self.statuses[status[:3]] = self.statuses.get(status[:3], 0) + 1
            return start_response(status, *more)

        # Its caller in-process reads no compressed answers, and takes a 304 (declared with If-None-Match) for a problem.
        plain = {**environ, "HTTP_ACCEPT_ENCODING": "identity"}
        plain.pop("HTTP_IF_NONE_MATCH", None)
        found: Iterable[bytes] = self._gateway(plain, started)
        return found


def tried_as(traded: Traded, role: Role) -> Principal:
    """One of *role* that shares nothing with some other of its kind where there is such a one."""
    of_role = [one for one in traded.principals if one.role is role]
    return max(of_role, key=lambda one: (len(traded.ids[one.org_id]), len(_secrets_from(traded, one))))


def _secrets_from(traded: Traded, viewer: Principal) -> set[str]:
    """Names and ids that belong to others alone: accounts from everyone, trade from all but partners and the office."""
    found: set[str] = set()
    for org_id, code in traded.codes.items():
        if org_id == viewer.org_id:
            continue
        row = organisations()[code]
        found |= {row.login or f"{code.lower()}@demo.example", row.person or f"{code} 管理员", f"{code} ERP"}
        if viewer.role is not Role.OFFICE and not traded.partners(viewer.org_id, org_id):
            found |= {canary(what, code) for what in ("reference", "address", "inquiry")}
            found |= {value for name, value in traded.ids[org_id].items() if name not in _NO_SECRETS}
    return found


def told_of(document: Mapping[str, Any], traded: Traded, who: Principal) -> dict[str, Any]:
    """*document* with examples: path parameters that lead to *who*'s own things and to others', and a real order."""
    told = deepcopy(dict(document))
    known = _examples_of(traded, who)
    order = {
        "lines": [ordering.line("tea-can-330", 12_000, "can", artwork="art-2")],
        "deliver_to": {"district": "420100", "address": "武汉"},
        "requested_by": instant_text(traded.stage.now + timedelta(days=30)),
    }
    for path, operations in told["paths"].items():
        for parameter in operations.get("parameters", []):
            _give_examples(parameter, known)
        for method, operation in operations.items():
            if isinstance(operation, dict):
                for parameter in operation.get("parameters", []):
                    _give_examples(parameter, known)
                if f"{method} {path}" in _EXAMPLES_AT:
                    operation["requestBody"]["content"]["application/json"]["examples"] = {"real": {"value": order}}
    return told


def _give_examples(parameter: dict[str, Any], known: Mapping[str, list[str]]) -> None:
    if parameter.get("in") == "path" and parameter["name"] in known:
        parameter["examples"] = {
            f"known {number}": {"value": one} for number, one in enumerate(known[parameter["name"]])
        }


def _examples_of(traded: Traded, who: Principal) -> dict[str, list[str]]:
    """Path parameter -> ids: the caller's own first, then a partner's and a stranger's."""
    others = sorted(
        (org_id for org_id in traded.ids if org_id != who.org_id),
        key=lambda org_id: not traded.partners(who.org_id, org_id),
    )
    found: dict[str, list[str]] = {"product_id": ["tea-can-330"]}
    for org_id in (who.org_id, *others[:1], *others[-2:]):
        for name, value in traded.ids[org_id].items():
            found.setdefault(name, []).append(value)
    return {name: list(dict.fromkeys(values)) for name, values in found.items()}
