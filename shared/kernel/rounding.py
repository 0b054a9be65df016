"""Named integer roundings. Floats stay out of ledgers, quantities and money."""

from collections.abc import Sequence

PPM = 1_000_000


def ceil_div(numerator: int, denominator: int) -> int:
    """Smallest integer >= numerator / denominator. Raises ZeroDivisionError; denominator must be positive."""
    return -(-numerator // denominator)


def ceil_to_multiple(value: int, multiple: int) -> int:
    """Smallest multiple of *multiple* (>= 1) that is >= *value*."""
    return ceil_div(value, multiple) * multiple


def half_up_div(numerator: int, denominator: int) -> int:
    """numerator / denominator rounded half away from zero, as Chinese invoices do (四舍五入)."""
    if denominator <= 0:
        raise ValueError(f"expected a positive denominator, found {denominator}")
    sign = -1 if numerator < 0 else 1
    return sign * ((2 * abs(numerator) + denominator) // (2 * denominator))


def apportion(total: int, weights: Sequence[int]) -> list[int]:
    """Split *total* (>= 0) by *weights* (>= 0, at least one positive) so that the parts add up exactly.

    Largest-remainder (Hamilton) method; ties go to the earlier part. Raises ValueError otherwise.
    """
    weight_sum = sum(weights)
    if total < 0 or weight_sum <= 0 or min(weights) < 0:
        raise ValueError(f"expected total >= 0 and non-negative weights with a positive sum, found {total}, {weights}")
    parts = [total * weight // weight_sum for weight in weights]
    order = sorted(range(len(weights)), key=lambda i: (-(total * weights[i] % weight_sum), i))
    for i in order[: total - sum(parts)]:
        parts[i] += 1
    return parts
