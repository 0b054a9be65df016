"""Authority on what booked work needs of its line's and plant's masters, so that no change of them takes it away."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from services.capacity.domain.calendar_soundness import local_text
from services.capacity.domain.refusals import Why
from services.capacity.domain.values import Capability, FoodContactProof, Licence, Price
from shared.kernel.clock import LOCAL_ZONE
from shared.kernel.refusal import Refused

ANY_UNIT = "any"
_NAMED_MAX = 5


@dataclass(frozen=True, slots=True)
class Need:
    """Work that is booked and not finished: on which line, when, and what it needs there."""

    work_id: str
    order_id: str
    process_id: str
    slot_id: str
    line_id: str
    capability: str
    format: str
    unit: str
    licence_category: str
    food_contact: bool
    starts_at: datetime
    ends_at: datetime

    @property
    def days(self) -> tuple[date, date]:
        """The first and the last local day of its slot."""
        last = self.ends_at - timedelta(microseconds=1)
        return self.starts_at.astimezone(LOCAL_ZONE).date(), last.astimezone(LOCAL_ZONE).date()


def named(needs: Iterable[Need]) -> str:
    """The work orders with their times, for their own plant; "-" when none is booked."""
    found = sorted(needs, key=lambda one: (one.starts_at, one.work_id))
    words = [f"{one.work_id} ({local_text(one.starts_at)} - {local_text(one.ends_at)})" for one in found[:_NAMED_MAX]]
    return ", ".join([*words, *([f"+{len(found) - _NAMED_MAX}"] if len(found) > _NAMED_MAX else [])]) or "-"


def check_capabilities(needs: Iterable[Need], before: Sequence[Capability], after: Sequence[Capability]) -> None:
    """Raises Refused CAPABILITY_BOOKED when *after* cannot make what *before* could and what is booked."""
    lost = [one for one in needs if _can_make(before, one) and not _can_make(after, one)]
    if lost:
        raise Refused(Why.CAPABILITY_BOOKED, pointer="/capabilities", code=lost[0].capability, works=named(lost))


def _can_make(capabilities: Iterable[Capability], need: Need) -> bool:
    return any(
        one.code == need.capability
        and one.unit in {need.unit, ANY_UNIT}
        and (not need.format or need.format in one.formats)
        for one in capabilities
    )


def check_prices(needs: Iterable[Need], before: Sequence[Price], after: Sequence[Price]) -> None:
    """Raises Refused PRICE_BOOKED when a capability loses its price while work of it is booked: a price may change."""
    gone = {one.capability for one in before} - {one.capability for one in after}
    lost = [one for one in needs if one.capability in gone]
    if lost:
        raise Refused(Why.PRICE_BOOKED, pointer="/prices", code=lost[0].capability, works=named(lost))


Papers = tuple[Mapping[str, Licence], Mapping[str, FoodContactProof]]


def without_papers(needs: Iterable[Need], before: Papers, after: Papers) -> list[Need]:
    """Booked work that had its papers over its whole slot before, and has them no more after."""
    return [one for one in needs if _has_papers(one, before) and not _has_papers(one, after)]


def check_papers_kept(needs: Iterable[Need], before: Papers, after: Papers) -> None:
    """Raises Refused PAPER_BOOKED."""
    lost = without_papers(needs, before, after)
    if lost:
        raise Refused(Why.PAPER_BOOKED, works=named(lost))


def _has_papers(need: Need, papers: Papers) -> bool:
    licences, proofs = papers
    category = need.licence_category
    is_licensed = not category or _cover(
        need, [(one.valid_from, one.valid_until) for one in licences.values() if category in one.categories]
    )
    return is_licensed and (
        not need.food_contact or _cover(need, [(one.valid_from, one.valid_until) for one in proofs.values()])
    )


def _cover(need: Need, spans: Iterable[tuple[date, date]]) -> bool:
    """Whether *spans* [from, until) together hold every day of the slot."""
    day, last = need.days
    for valid_from, valid_until in sorted(spans):
        if valid_from <= day < valid_until:
            day = valid_until
    return day > last
