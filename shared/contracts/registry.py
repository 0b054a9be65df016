"""All published facts by wire name: what the bus can carry."""

from shared.contracts import capacity, order, portal
from shared.contracts.envelope import FactTypes

FACTS = FactTypes(order.FACTS, capacity.FACTS, portal.FACTS)
