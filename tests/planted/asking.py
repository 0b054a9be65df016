"""Asking the layers about the bugs, in as many trees at once as are wanted."""

from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from queue import SimpleQueue

from tests.planted.bug import Bug
from tests.planted.layers import Layer, Try, ask, run_tests
from tests.planted.outcomes import Verdict
from tests.planted.scratch import Scratch, scratch

Found = tuple[Bug, dict[str, Verdict]]


def ask_all(bugs: Sequence[Bug], layers: Sequence[Layer], seeds: Sequence[int], trees: int) -> Iterator[Found]:
    """Each bug with the verdicts of those *layers* that know of it, as they come, in the order of *bugs*."""
    free: SimpleQueue[Scratch] = SimpleQueue()

    def one(bug: Bug) -> Found:
        tree = free.get()
        try:
            with tree.with_bug(bug):
                return bug, {layer.value: verdict(tree, bug, layer, seeds) for layer in layers if layer.knows(bug)}
        finally:
            free.put(tree)

    with ExitStack() as stack:
        for _ in range(trees):
            free.put(stack.enter_context(scratch()))
        pool = stack.enter_context(ThreadPoolExecutor(trees))
        yield from pool.map(one, bugs)


def verdict(tree: Scratch, bug: Bug, layer: Layer, seeds: Sequence[int]) -> Verdict:
    """What *layer* says of *bug*, once for each seed; once only where chance has no hand in it."""
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
