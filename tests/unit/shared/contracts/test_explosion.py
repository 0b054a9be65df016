"""The backward explosion: exact, monotone, and clear about recipes that do not hang together."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.contracts.explosion import explode, gross_quantity
from shared.contracts.planning import RecipeInput, RecipeStep
from shared.kernel.rounding import PPM

YIELDS = st.integers(500_000, PPM)
LOSSES = st.integers(0, 5_000)
MULTIPLES = st.sampled_from([1, 24, 500, 8_169])


def step(code: str, *inputs: RecipeInput, yield_ppm: int = PPM, fixed_loss: int = 0, multiple: int = 1) -> RecipeStep:
    return RecipeStep(
        step=code,
        name_zh=code,
        name_en=code,
        capability=code.upper(),
        unit="can",
        inputs=list(inputs),
        yield_ppm=yield_ppm,
        fixed_loss=fixed_loss,
        multiple=multiple,
    )


@st.composite
def recipes(draw: st.DrawFn) -> list[RecipeStep]:
    """Converging recipes of 1 to 7 steps: each step but the last is eaten by one or two later ones."""
    count = draw(st.integers(1, 7))
    inputs: list[list[RecipeInput]] = [[] for _ in range(count)]
    for index in range(count - 1):
        for eater in sorted(draw(st.sets(st.integers(index + 1, count - 1), min_size=1, max_size=2))):
            ratio = draw(st.tuples(st.integers(1, 400), st.integers(1, 400)))
            inputs[eater].append(RecipeInput(step=f"s{index}", unit="can", ratio_num=ratio[0], ratio_den=ratio[1]))
    return [
        step(f"s{i}", *inputs[i], yield_ppm=draw(YIELDS), fixed_loss=draw(LOSSES), multiple=draw(MULTIPLES))
        for i in range(count)
    ]


def test_gross_covers_the_fixed_loss_and_the_yield_and_is_rounded_up_to_the_multiple() -> None:
    assert gross_quantity(12_000, 60, PPM, 1) == 12_060
    assert gross_quantity(12_060, 1_200, 985_000, 1) == 13_462
    assert gross_quantity(13_462, 1_200, 965_000, 8_169) == 2 * 8_169


@given(net=st.integers(0, 10**9), loss=LOSSES, yield_ppm=YIELDS, multiple=MULTIPLES)
def test_gross_is_the_smallest_multiple_that_yields_enough(net: int, loss: int, yield_ppm: int, multiple: int) -> None:
    gross = gross_quantity(net, loss, yield_ppm, multiple)
    assert gross % multiple == 0
    assert Fraction(gross * yield_ppm, PPM) - loss >= net
    smaller = gross - multiple
    assert smaller < 0 or Fraction(smaller * yield_ppm, PPM) - loss < net


@given(net=st.integers(0, 10**8), more=st.integers(0, 10**6), loss=LOSSES, yield_ppm=YIELDS, multiple=MULTIPLES)
def test_more_output_never_needs_less_input(net: int, more: int, loss: int, yield_ppm: int, multiple: int) -> None:
    assert gross_quantity(net + more, loss, yield_ppm, multiple) >= gross_quantity(net, loss, yield_ppm, multiple)


@pytest.mark.parametrize(
    ("net", "loss", "yield_ppm", "multiple"),
    [(-1, 0, PPM, 1), (1, -1, PPM, 1), (1, 0, 0, 1), (1, 0, PPM + 1, 1), (1, 0, PPM, 0)],
)
def test_figures_out_of_range_are_refused(net: int, loss: int, yield_ppm: int, multiple: int) -> None:
    with pytest.raises(ValueError, match="expected 0 < yield"):
        gross_quantity(net, loss, yield_ppm, multiple)


@settings(max_examples=80)
@given(recipe=recipes(), delivered=st.integers(1, 10**7))
def test_material_balances_at_every_step(recipe: list[RecipeStep], delivered: int) -> None:
    found = explode(recipe, delivered)
    eaten: dict[str, int] = {}
    for need in found.needs:
        eater = next(one for one in recipe if one.step == need.by_step)
        eats = next(one for one in eater.inputs if one.step == need.step)
        exact = Fraction(found.steps[need.by_step].gross * eats.ratio_num, eats.ratio_den)
        assert need.quantity - 1 < exact <= need.quantity
        eaten[need.step] = eaten.get(need.step, 0) + need.quantity
    for one in recipe[:-1]:
        assert found.steps[one.step].net == eaten[one.step], "what is made is what later steps eat, to the unit"
    assert found.steps[recipe[-1].step].net == delivered
    assert list(found.steps) == [one.step for one in recipe]


@settings(max_examples=50)
@given(recipe=recipes(), delivered=st.integers(1, 10**6), more=st.integers(1, 10**6))
def test_explosion_is_monotone_in_what_is_delivered(recipe: list[RecipeStep], delivered: int, more: int) -> None:
    small, large = explode(recipe, delivered), explode(recipe, delivered + more)
    assert all(large.steps[code].gross >= small.steps[code].gross for code in small.steps)


def test_a_step_that_feeds_two_others_makes_the_sum_of_what_they_eat() -> None:
    recipe = [
        step("sheet"),
        step("left", RecipeInput(step="sheet", unit="can", ratio_num=1, ratio_den=30)),
        step("set", RecipeInput(step="sheet", unit="can"), RecipeInput(step="left", unit="can")),
    ]
    assert explode(recipe, 300).steps["sheet"].net == 310


def test_items_that_no_step_makes_are_counted_as_needs() -> None:
    recipe = [step("fill", RecipeInput(item="tea", unit="mL", source="pooled", ratio_num=330), yield_ppm=500_000)]
    (need,) = explode(recipe, 10).needs
    assert (need.item, need.unit, need.source, need.quantity) == ("tea", "mL", "pooled", 20 * 330)


@pytest.mark.parametrize(
    ("recipe", "words"),
    [
        ([], "at least one step"),
        ([step("a"), step("b")], "to eat the output of 'a'"),
        (
            [step("a", RecipeInput(step="b", unit="can")), step("b", RecipeInput(step="a", unit="can"))],
            "not an earlier",
        ),
        ([step("a", RecipeInput(step="a", unit="can"))], "not an earlier"),
        ([step("a", RecipeInput(step="x", unit="can"))], "not an earlier"),
    ],
)
def test_a_recipe_that_does_not_hang_together_is_refused(recipe: list[RecipeStep], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        explode(recipe, 10)
