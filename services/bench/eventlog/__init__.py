"""How fast the event log is, against plain SQL doing the same rows and against a peer, in the same rounds.

Figures on a shared machine swing; ratios within one round do not, so each measure interleaves its three contestants
and the median of the rounds is printed. What each contestant does is written beside it: `ours`, `raw`, `peer`.
"""

from services.bench.eventlog.rounds import run

__all__ = ["run"]
