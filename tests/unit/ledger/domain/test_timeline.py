"""The interval map against an array with one place a second: every relabelling, every posting, every read."""

import itertools
from collections import Counter
from collections.abc import Callable

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from services.ledger.domain.accounts import Account
from services.ledger.domain.cells import NOTHING_KNOWN, Cell, label_of
from services.ledger.domain.production_days import day_start, local_day
from services.ledger.domain.timeline import Day, Moves, Timeline

MIDNIGHT = day_start(20_788)  # a local midnight in December 2026
FIRST, LAST = MIDNIGHT - 40, MIDNIGHT + 40  # so that spans cross it
spans = st.tuples(st.integers(FIRST, LAST), st.integers(FIRST, LAST))
changes: st.SearchStrategy[dict[str, object]] = st.one_of(
    st.fixed_dictionaries({"calendar": st.sampled_from(["", "open", "down", "closed"]), "day": st.just(20_787)}),
    st.fixed_dictionaries({"offer": st.sampled_from(["", "published", "withdrawn"])}),
    st.fixed_dictionaries({"slot": st.sampled_from(["", "slt_1"]), "slot_client": st.just("org_a")}),
    st.fixed_dictionaries({"work": st.just("wrk_1"), "phase": st.sampled_from(["setup", "run"])}),
    st.fixed_dictionaries({"work": st.just("")}),
    st.fixed_dictionaries({"stop": st.just("stp_1"), "family": st.sampled_from(["held", "planned", "no_order"])}),
)


def _between(days: dict[int, Day], first: int, last: int) -> dict[int, Day]:
    return {number: day for number, day in days.items() if first <= number <= last}


class TimelineBesideArray(RuleBasedStateMachine):
    """Stored days are read back before every step, as between pages."""

    def __init__(self) -> None:
        super().__init__()
        self.array = dict.fromkeys(range(FIRST, LAST), NOTHING_KNOWN)
        self.stored: dict[int, Day] = {}
        self.balances: Counter[tuple[int, Account, str]] = Counter()

    @rule(span=spans, change=changes, only_free=st.booleans())
    def relabel(self, span: tuple[int, int], change: dict[str, object], *, only_free: bool) -> None:
        def changed(cell: Cell) -> Cell:
            return cell if only_free and cell.work else cell._replace(**change)  # type: ignore[arg-type] # mixed fields

        timeline, moves = Timeline(lambda first, last: _between(self.stored, first, last)), Moves()
        timeline.relabel(*span, changed, moves)
        for number in timeline.changed:
            self.stored[number] = timeline.day(number)
        expected = self._expected_moves(span, changed)
        for day, source, source_client, target, target_client, seconds in moves.postings():
            self.balances[day, source, source_client] -= seconds
            self.balances[day, target, target_client] += seconds
            expected[day, source, source_client] += seconds
            expected[day, target, target_client] -= seconds
        assert not any(expected.values())

    def _expected_moves(
        self, span: tuple[int, int], changed: Callable[[Cell], Cell]
    ) -> Counter[tuple[int, Account, str]]:
        found: Counter[tuple[int, Account, str]] = Counter()
        for second in range(*span):
            old, new = self.array[second], changed(self.array[second])
            self.array[second] = new
            before, after = label_of(old, local_day(second)), label_of(new, local_day(second))
            if before.day == after.day:
                found[before] -= 1
                found[after] += 1
                continue
            for label, sign in ((before, -1), (after, 1)):
                if label.account is not Account.CALENDAR:  # through the source, and out again
                    found[label] += sign
                    found[label.day, Account.CALENDAR, ""] -= sign
        return found

    @invariant()
    def every_second_reads_as_in_the_array(self) -> None:
        timeline = Timeline(lambda first, last: _between(self.stored, first, last))
        assert all(timeline.cell_at(second) == cell for second, cell in self.array.items())

    @invariant()
    def neighbours_differ_and_days_are_whole(self) -> None:
        for number, day in self.stored.items():
            assert day[0][0] == day_start(number)
            assert all(left[1] != right[1] for left, right in itertools.pairwise(day))

    @invariant()
    def balances_count_the_array(self) -> None:
        counted = Counter(label_of(cell, local_day(second)) for second, cell in self.array.items())
        own = {tuple(key): seconds for key, seconds in counted.items() if key.account is not Account.CALENDAR}
        assert {key: one for key, one in self.balances.items() if one and key[1] is not Account.CALENDAR} == own
        assert sum(self.balances.values()) == 0


TestTimelineBesideArray = TimelineBesideArray.TestCase
TestTimelineBesideArray.settings = settings(max_examples=40, stateful_step_count=15, deadline=None)
