"""What can be done next, on the wire: the names of what is allowed, and beside them what each needs or waits for."""

from collections.abc import Callable, Iterable
from typing import Any

from shared.kernel.acting import Note, names
from shared.web.fields import BaseSchema, Flag, Instant, LanguageText, Many, Text


class ActionNoteView(BaseSchema):
    """One action: whether it is allowed now, what its body needs, from when and until when; else why not."""

    action = Text()
    allowed = Flag()
    needs = Many(Text())
    since = Instant(data_key="from", attribute="from_", allow_none=True)
    until = Instant(allow_none=True)
    code = Text(allow_none=True)
    reason = LanguageText(allow_none=True)


def actions_shown(notes: Iterable[Note], may: Callable[[str], bool]) -> dict[str, Any]:
    """`actions` and `action_notes` for a caller of whom *may* says which actions are his at all."""
    mine = [one for one in notes if may(one.action)]
    return {"actions": names(mine), "action_notes": [_shown(one) for one in mine]}


def _shown(note: Note) -> dict[str, Any]:
    refused = note.refused
    reason = None
    if refused is not None:
        words, facts = refused.why.words, refused.facts
        reason = {"zh": words.detail("zh", facts), "en": words.detail("en", facts)}
    return {
        "action": note.action,
        "allowed": note.is_allowed,
        "needs": list(note.needs),
        "from_": note.since,
        "until": note.until,
        "code": None if refused is None else refused.why.value,
        "reason": reason,
    }
