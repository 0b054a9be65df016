"""Asking the layers about the bugs, in as many trees at once as are wanted."""

from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from queue import SimpleQueue

from tests.planted.bug import Bug
from tests.planted.layers import Layer, Try, ask, run_tests
from tests.planted.outcomes import Verdict
from tests.planted.scratch import Scratch, scratch
from tests.planted.worlds import UNFOUNDED, broken_worlds, verdict_of

Found = tuple[Bug, dict[str, Verdict]]


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is tried for each bug: *seeds* for tests in which chance has a hand, *worlds* to simulate from the first
    seed on; *trees* are bugs that are tried at the same time.
    """

    seeds: range
    worlds: int
    trees: int


def ask_all(bugs: Sequence[Bug], layers: Sequence[Layer], effort: Effort) -> Iterator[Found]:
    """Each bug with the verdicts of those *layers* that know of it, as they come, in the order of *bugs*."""
    free: SimpleQueue[Scratch] = SimpleQueue()
    with ExitStack() as stack:
        trees = [stack.enter_context(scratch()) for _ in range(effort.trees)]
        innocent = _broken_without_bug(trees[0], bugs, layers, effort)
        for tree in trees:
            free.put(tree)

        def one(bug: Bug) -> Found:
            tree = free.get()
            try:
                with tree.with_bug(bug):
                    asked = [layer for layer in layers if layer.knows(bug)]
                    return bug, {layer.value: _verdict(tree, bug, layer, effort, innocent) for layer in asked}
            finally:
                free.put(tree)

        pool = stack.enter_context(ThreadPoolExecutor(effort.trees))
        yield from pool.map(one, bugs)


def _broken_without_bug(tree: Scratch, bugs: Sequence[Bug], layers: Sequence[Layer], effort: Effort) -> Collection[int]:
    """Seeds whose worlds break in the tree as it is. Raises RuntimeError when no world can be founded in it at all."""
    if Layer.SIMULATION not in layers or not any(map(Layer.SIMULATION.knows, bugs)):
        return ()
    broken = broken_worlds(tree.root, effort.seeds.start, effort.worlds)
    unfounded = [law for law in broken.values() if law.startswith(UNFOUNDED)]
    if unfounded:
        raise RuntimeError(f"without any bug {unfounded[0]}")
    return broken


def _verdict(tree: Scratch, bug: Bug, layer: Layer, effort: Effort, innocent: Collection[int]) -> Verdict:
    if layer is not Layer.SIMULATION:
        return _tested(tree, bug, layer, effort.seeds)
    broken = broken_worlds(tree.root, effort.seeds.start, effort.worlds)
    return verdict_of(broken, innocent, effort.seeds.start)


def _tested(tree: Scratch, bug: Bug, layer: Layer, seeds: Sequence[int]) -> Verdict:
    """What the tests of *layer* say of *bug*, once for each seed; once only where chance has no hand in it."""
    tries: list[Try] = []
    for seed in seeds:
        tries.append(ask(tree.root, bug, layer, seed))
        if not tries[-1].is_drawn:
            break
    caught = [one for one in tries if one.by]
    return Verdict(caught[0].by if caught else "", [one.cases for one in caught], len(tries) - len(caught))


def false_alarm(tests: Collection[str], seed: int) -> str:
    """The first of *tests* that fails in the tree as it is, without any bug; "" when all of them tell the truth."""
    if not tests:
        return ""
    with scratch() as tree:
        return run_tests(tree.root, sorted(tests), seed).by
