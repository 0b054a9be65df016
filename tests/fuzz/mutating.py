"""Inputs made from kept ones by chance, the same for the same seed: for short runs, and where no engine guides."""

from collections.abc import Iterator, Sequence
from random import Random

_TELLING = (
    b"\x00", b"\xff", b"\xed\xa0\x80", "²".encode(), "٣".encode(), b"-", b"+", b"0", b"9" * 40, b"1e999", b"NaN", b"null",
    b'"', b"\\u0000", b"\\ud800", b"[" * 40, b"{" * 40, b"\n", b"\r\n", b"%00", b"../", b"*", b"&a ", b"0001-01-01", b"T23:59:60",
    b"+14:00", b"9999-12-31T23:59:59.999999-14:00", b"=1+1", b"<!DOCTYPE", b"/>", b"\x50\x4b\x01\x02",
)  # fmt: skip


def mutated(kept: Sequence[bytes], count: int, seed: int) -> Iterator[bytes]:
    """*count* inputs, each one of *kept* after one to four changes."""
    chance = Random(seed)
    for _ in range(count):
        made = bytearray(chance.choice(kept))
        for _ in range(chance.randint(1, 4)):
            _change(made, kept, chance)
        yield bytes(made)


def _change(made: bytearray, kept: Sequence[bytes], chance: Random) -> None:
    at = chance.randint(0, len(made))
    upto = min(len(made), at + chance.randint(1, 8))
    match chance.randrange(6):
        case 0:
            del made[at:upto]
        case 1 if made:
            made[at % len(made)] ^= 1 << chance.randrange(8)
        case 2:
            made[at:at] = chance.choice(_TELLING)
        case 3:
            made[at:upto] = chance.choice(_TELLING)
        case 4:
            made[at:at] = made[at:upto] * chance.randint(1, 4)
        case _:
            other = chance.choice(kept)
            begin = chance.randint(0, len(other))
            made[at:] = other[begin : begin + 400]
