"""Which log this is, and which of its histories: what every mark that points into a log remembers of it.

A log gets its id when it is made. Its epoch is raised by a stated recovery only: positions beyond the place where two
histories part belong to the new epoch, so that nothing remembered of the lost one is taken for the other.
"""

import secrets
from collections.abc import Sequence

import msgspec

_ID_BYTES = 16
FIRST_EPOCH = 1


class Epoch(msgspec.Struct, frozen=True, gc=False):
    """History number *number* (from 1) owns the positions above *after_position*, up to where the next one begins."""

    number: int
    after_position: int


class Identity(msgspec.Struct, frozen=True):
    """*log_id* names the log among all logs there ever were; *epochs* ascend in number and in position."""

    log_id: str
    epochs: Sequence[Epoch] = (Epoch(FIRST_EPOCH, 0),)

    @property
    def epoch(self) -> int:
        """The epoch that new events belong to."""
        return self.epochs[-1].number

    def epoch_at(self, position: int) -> int:
        """The epoch of the event at *position*; the beginning of the log belongs to the first."""
        return next((one.number for one in reversed(self.epochs) if one.after_position < position), FIRST_EPOCH)

    def begun_after(self, position: int) -> "Identity":
        """The same log with one more history that parts from the last one behind *position*."""
        return Identity(self.log_id, (*self.epochs, Epoch(self.epoch + 1, position)))


class Proof(msgspec.Struct, frozen=True, gc=False):
    """What proves a position: the log, the epoch that the position belongs to, and the running digest there."""

    log_id: str
    epoch: int
    digest: bytes


def new_log_id() -> str:
    """By chance: two logs never share an id, whatever their names."""
    return f"log_{secrets.token_hex(_ID_BYTES)}"
