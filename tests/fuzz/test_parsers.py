"""Every parser answers its kept inputs, and a few hundred made from them, as documented. Long runs: `make fuzz`."""

import pytest
import structlog

from tests.fuzz.mutating import mutated
from tests.fuzz.targets.table import CORPUS, TARGETS, kept

INPUTS = 400  # of the cheapest target; dear ones get fewer
_QUIET = structlog.make_filtering_bound_logger("critical")


@pytest.mark.filterwarnings("ignore")  # parsers of hostile files remark on them; what counts is what they answer
@pytest.mark.parametrize("name", TARGETS)
def test_a_parser_answers_whatever_it_is_fed(name: str) -> None:
    structlog.configure(wrapper_class=_QUIET)
    try:
        feed = TARGETS[name].make()
        inputs = [one.read_bytes() for one in kept(name)]
        assert inputs, f"no kept inputs for {name}"
        for raw in (*inputs, *mutated(inputs, INPUTS // TARGETS[name].cost, seed=1)):
            feed(raw)
    finally:
        structlog.reset_defaults()


def test_every_folder_of_kept_inputs_belongs_to_a_target() -> None:
    assert {one.name for one in CORPUS.iterdir()} == TARGETS.keys()
