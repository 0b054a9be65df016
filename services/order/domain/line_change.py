"""What a buyer asks to change of one line."""

from dataclasses import dataclass

from services.order.domain.values import Window
from shared.contracts.planning import Place


@dataclass(frozen=True, slots=True)
class LineChange:
    """What changes of one line; None: as it was. *quantity* in base units."""

    quantity: int | None = None
    window: Window | None = None
    deliver_to: Place | None = None
    artwork: str | None = None
