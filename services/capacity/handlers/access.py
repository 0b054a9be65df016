"""Whose work, offers and lines a caller may touch: another tenant's is absent, exactly like one that never was."""

from services.capacity.domain.board import Board
from services.capacity.domain.line_on_board import LineOnBoard
from services.capacity.domain.refusals import Why
from services.capacity.domain.work_identity import offer_id_of
from services.capacity.domain.work_state import Closed, Live, NoWork
from services.capacity.handlers.draft import Draft
from shared.kernel.principal import Principal
from shared.kernel.refusal import Refused


def unknown(absent: Why, work_id: str) -> Refused:
    """The refusal for a work order that is not there for the caller, in the id the caller knows it by."""
    return Refused(absent, id=offer_id_of(work_id) if absent is Why.UNKNOWN_OFFER else work_id)


def own_work(draft: Draft, work_id: str, principal: Principal, absent: Why = Why.UNKNOWN_WORK) -> Live | Closed:
    """The work order, when *principal*'s organisation is asked to make it. Raises Refused *absent*."""
    work = draft.work_of(work_id)
    if isinstance(work, NoWork) or not principal.owns(work.terms.factory_org_id):
        raise unknown(absent, work_id)
    return work


def own_line(board: Board, line_id: str, principal: Principal) -> LineOnBoard:
    """The line, when it is *principal*'s own. Raises Refused: UNKNOWN_LINE."""
    try:
        line = board.line(line_id)
    except KeyError:
        raise Refused(Why.UNKNOWN_LINE, id=line_id) from None
    if not principal.owns(line.master.factory_org_id):
        raise Refused(Why.UNKNOWN_LINE, id=line_id)
    return line
