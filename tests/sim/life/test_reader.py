"""What the reader of the simulation takes offence at."""

import pytest

from services.capacity.domain.work_identity import offer_id_of
from services.sim.life.reader import _THINGS, Unfit, judge, listed
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


def test_a_rivals_offer_is_known_by_its_id() -> None:
    offer_id = offer_id_of(derived_id("wrk", "rival"))
    with pytest.raises(Unfit, match=offer_id):
        judge("S1 reads", (200, f'{{"items":[{{"id":"{offer_id}"}}]}}'.encode()), frozenset({offer_id}))
    assert listed("/v1/offers", (200, f'{{"items":[{{"id":"{offer_id}"}}]}}'.encode()), "off") == [offer_id]
    assert offer_id.partition("_")[0] in _THINGS


def test_rows_under_ids_of_another_kind_are_told() -> None:
    with pytest.raises(Unfit, match=r"lists 1 rows, the first as ord_.*, and none as off_"):
        listed("/v1/offers", (200, f'{{"items":[{{"id":"{OWN}"}}]}}'.encode()), "off")


def test_a_list_without_rows_or_without_leave_has_no_ids() -> None:
    assert listed("/v1/offers", (200, b'{"items":[]}'), "off") == []
    assert listed("/v1/offers", (403, b'{"title":"no"}'), "off") == []
