"""Who is asking: every query and command carries a principal, and no data is read without one."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What sort of organisation the principal acts for."""

    BUYER = "buyer"
    FACTORY = "factory"  # plants, laboratories, warehouses, carriers
    OFFICE = "office"  # the programme office: reads what it audits, writes none of it
    SYSTEM = "system"  # the platform itself: policies and jobs; never comes from a token


@dataclass(frozen=True, slots=True)
class Principal:
    """An authenticated caller. *permissions* are strings such as `order:place`; deny by default."""

    org_id: str
    role: Role
    subject: str  # usr_… or cli_… id; "system:<name>" for policies
    permissions: frozenset[str]

    def may(self, permission: str) -> bool:
        return permission in self.permissions

    def owns(self, org_id: str) -> bool:
        """Whether a thing of *org_id* is this principal's own (the platform itself sees all)."""
        return self.role is Role.SYSTEM or self.org_id == org_id


def system(name: str) -> Principal:
    """The platform acting on its own account, e.g. `system("relay")`."""
    return Principal(org_id="system", role=Role.SYSTEM, subject=f"system:{name}", permissions=frozenset())
