"""Where readers stand in the logs they read: a mark that its log cannot account for is refused by name.

Three things are told apart. A mark of a *foreign* log names another log than the one that is read. A mark *ahead* lies
beyond the log's end: the log went back in time. A *parted* mark lies within the log, but on a history that is no longer
the log's own: it went back, and grew again. A mark without proof, of an older release, can only be seen to be ahead.
"""

from typing import Literal

from shared.bus.port import position_of
from shared.eventstore.identity import Proof
from shared.eventstore.port import EventLog, LogError, Progress

Wrong = Literal["foreign", "ahead", "parted"]

_WORDS: dict[Wrong, str] = {
    "foreign": "that mark is of another log",
    "ahead": "the log ends before the mark: it went back in time",
    "parted": "the log tells another history at the mark: it went back in time and grew again",
}


class PlaceLost(LogError):
    """*mark* of *progress* does not stand in the log it points into. Nothing is read on; `recover` says what is lost."""

    def __init__(self, wrong: Wrong, progress: Progress, log: str, head: int, own: Proof | None) -> None:
        position = position_of(progress.mark)
        super().__init__(
            f"{progress.consumer} stands in {progress.source} at position {position}{_of(progress.proof)}, "
            f"but log {log} ends at {head}{_of(own)}: {_WORDS[wrong]}"
        )
        self.wrong, self.progress, self.position, self.log, self.head = wrong, progress, position, log, head


def _of(proof: Proof | None) -> str:
    if proof is None:
        return ""
    return f" ({proof.log_id[:12]}, epoch {proof.epoch}, digest {proof.digest.hex()[:12]})"


def lost_place(log: EventLog, progress: Progress) -> PlaceLost | None:
    """What is wrong with *progress*, a mark into *log*; None when it stands there."""
    position, head, proof = position_of(progress.mark), log.head().position, progress.proof
    own = log.proof_at(min(position, head))
    wrong: Wrong
    if proof is not None and proof.log_id != log.identity.log_id:
        wrong = "foreign"
    elif position > head:
        wrong = "ahead"
    elif proof is not None and own is not None and (proof.epoch, proof.digest) != (own.epoch, own.digest):
        wrong = "parted"
    else:
        return None
    return PlaceLost(wrong, progress, log.name, head, own)
