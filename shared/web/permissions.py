"""Which role may do what: the one table the portal issues tokens by. Services only check what a token carries.

A permission is `<thing>:<verb>`. A route declares what opens it; a role lists what it has. Having a permission opens
the route, never another organisation's objects behind it.
"""

from collections.abc import Mapping

from shared.kernel.principal import Role

_EVERYONE = frozenset({"catalogue:read", "account:read", "user:manage", "client:manage"})

PERMISSIONS: Mapping[Role, frozenset[str]] = {
    Role.BUYER: _EVERYONE
    | {
        "order:read",
        "order:place",
        "order:change",
        "order:accept",
        "order:cancel",
        "delivery:confirm",
        "lot:read",
    },
    Role.FACTORY: _EVERYONE
    | {
        "plant:read",
        "plant:publish",
        "line:publish",
        "workbook:import",
        "schedule:read",
        "offer:read",
        "offer:answer",
        "work:read",
        "work:report",
        "stoppage:report",
        "inspection:disposition",
        "breakdown:report",
        "lot:read",
        "ledger:read",
    },
    Role.OFFICE: _EVERYONE
    | {
        "order:read",
        "plant:read",
        "schedule:read",
        "offer:read",
        "work:read",
        "lot:read",
        "ledger:read",
        "ledger:export",
        "programme:read",
        "organisation:admit",
    },
    Role.SYSTEM: frozenset(),
}


def permissions_of(role: Role, scopes: frozenset[str] | None = None) -> frozenset[str]:
    """What *role* may do, narrowed to *scopes* when a client asks for less."""
    granted = PERMISSIONS[role]
    return granted if scopes is None else granted & scopes
