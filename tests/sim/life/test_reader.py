"""What the reader of the simulation takes offence at."""

import pytest

from services.sim.life.reader import Unfit, judge
from shared.kernel.ids import derived_id

OWN, RIVAL = derived_id("ord", "own"), derived_id("ord", "rival")


def test_an_answer_with_ones_own_ids_only_is_fit() -> None:
    judge("B1 reads", (200, f'{{"items":[{{"id":"{OWN}"}}]}}'.encode()), frozenset({RIVAL}))


@pytest.mark.parametrize("status", [200, 403])
def test_a_rivals_id_anywhere_in_an_answer_is_not(status: int) -> None:
    with pytest.raises(Unfit, match=RIVAL):
        judge("B1 reads", (status, f'{{"of":"{OWN}","see":["{RIVAL}"]}}'.encode()), frozenset({RIVAL}))


@pytest.mark.parametrize("status", [400, 422, 500])
def test_what_may_be_read_and_fails_is_told_with_its_answer(status: int) -> None:
    with pytest.raises(Unfit, match=f"B1 reads order /v1/orders: {status} kaputt"):
        judge("B1 reads order /v1/orders", (status, b"kaputt"), frozenset())
