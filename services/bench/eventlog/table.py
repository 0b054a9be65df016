"""What a benchmark prints: one row a measure, as JSON for machines or as columns for people."""

from typing import TypedDict

import orjson


class Row(TypedDict):
    """*value*, *raw* and *peer* are in *unit*, each the median of the rounds; the ratios are of these medians."""

    measure: str
    value: float
    unit: str
    raw: float
    peer: float
    ratio_to_raw: float
    ratio_to_peer: float


class Table(TypedDict):
    bench: str
    rounds: int
    rows: list[Row]


def json_text(table: Table) -> str:
    return orjson.dumps(table).decode()


def plain_text(table: Table) -> str:
    lines = [f"{'measure':18}{'ours':>12}{'raw':>12}{'peer':>12}{'/raw':>8}{'/peer':>8}  unit"]
    lines += [
        f"{row['measure']:18}{row['value']:12,.0f}{row['raw']:12,.0f}{row['peer']:12,.0f}"
        f"{row['ratio_to_raw']:8.2f}{row['ratio_to_peer']:8.1f}  {row['unit']}"
        for row in table["rows"]
    ]
    return "\n".join(lines)
