"""Of very many lines those are tried that finish first, with the inputs there are, and the cheapest."""

from shared.contracts.planning import RecipeInput
from tests.support.planning_world import CHIBI, board, book, capability, demand, line, matched, step, variant


def test_of_very_many_lines_those_that_finish_first_and_the_cheapest_are_tried() -> None:
    many = [
        line(f"l{i}", f"p{i}", capability(rate=100 + 10 * i), fen_per_thousand=10_000 + 10 * i if i else 30_000)
        for i in range(60)
    ]
    options = {name: one for one in matched(demand(3_000, by=500), board(*many)).options for name in one.labels}
    assert options["fastest"].steps[0].line_id == "l59"
    assert options["cheapest"].steps[0].line_id == "l1"


def test_of_very_many_lines_a_free_slow_one_comes_before_quick_ones_that_are_full() -> None:
    """Ranked by run time alone the free line was never tried, and promises came up to 81 % later than they had to."""
    quick = [line(f"quick{i}", f"p{i}", capability(rate=10_000), fen_per_thousand=1_000) for i in range(60)]
    world = board(*quick, line("free", "p99", capability(rate=500)))
    for one in quick:
        book(world, one.line_id, 0, 200)
    options = {name: one for one in matched(demand(5_000), world).options for name in one.labels}
    assert options["fastest"].steps[0].line_id == "free"
    assert options["cheapest"].steps[0].line_id != "free"


def test_of_very_many_lines_every_district_keeps_its_first() -> None:
    """The next step is far away: what finishes a little later there is at hand sooner."""
    near = [line(f"near{i}", f"p{i}", capability("BODY", rate=10_000)) for i in range(60)]
    there = line("there", "q1", capability("BODY", rate=2_000), district=CHIBI)
    fill = line("fill", "q1", capability("FILL"), district=CHIBI)
    asked = demand(
        2_000, variant(step("body", "BODY"), step("fill", "FILL", RecipeInput(step="body"))), deliver_to=CHIBI
    )
    options = {name: one for one in matched(asked, board(*near, there, fill)).options for name in one.labels}
    assert options["fastest"].steps[0].line_id == "there"
