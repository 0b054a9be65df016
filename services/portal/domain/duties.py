"""What a person may do: the role's permissions, narrowed by the duty in the organisation."""

from services.portal.domain.user import Duty

_MANAGING = frozenset({"user:manage", "client:manage", "organisation:admit"})


def narrowed(permissions: frozenset[str], duty: Duty) -> frozenset[str]:
    """*permissions* of the role, as far as *duty* has them."""
    match duty:
        case Duty.ADMINISTRATOR:
            return permissions
        case Duty.OPERATOR:
            return permissions - _MANAGING
        case Duty.READER:
            return frozenset(one for one in permissions if one.endswith(":read"))
