"""What /metrics tells when the ledger stands still: which source, and at which of its facts."""

from collections.abc import Callable, Iterable, Mapping

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector


class Starved(Collector):
    """*held*: source -> number of the fact that the ledger cannot take; empty when it goes on."""

    def __init__(self, held: Callable[[], Mapping[str, int]]) -> None:
        self._held = held

    def collect(self) -> Iterable[GaugeMetricFamily]:
        family = GaugeMetricFamily(
            "gongfang_ledger_starved_at",
            "Number of the fact that the ledger cannot take: nothing of its source behind it is recorded",
            labels=["source"],
        )
        for source, number in sorted(self._held().items()):
            family.add_metric([source], number)
        yield family
