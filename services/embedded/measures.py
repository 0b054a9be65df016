"""What the house as a whole tells Prometheus; docs/operations.md says what each figure means and when to act on it.

Asked at each scrape, cheaply: counts and sizes, no tenant, no name.
"""

import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping

import sqlalchemy as sa
from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from services.embedded.house import House
from services.order.projections.order_overview import TABLE as ORDERS
from shared.eventstore.codec import microseconds
from shared.eventstore.parking import count_parked
from shared.web.health import Check


class Measures(Collector):
    """*ready*: the checks of /readyz by name. *connections*: how many are open now; None where nobody listens."""

    def __init__(self, house: House, ready: Mapping[str, Check], connections: Callable[[], int] | None = None) -> None:
        self._house, self.ready, self.connections = house, ready, connections

    def describe(self) -> Iterable[Metric]:
        return []

    def collect(self) -> Iterator[Metric]:
        yield from self._logs()
        yield from self._queues()
        yield self._parked()
        yield from self._orders()
        yield from self._disk()
        yield self._readiness()
        sign_in = GaugeMetricFamily("gongfang_sign_in_queue", "Passwords being looked at or waiting for it")
        sign_in.add_metric([], self._house.portal.handlers.passwords_at_work)
        yield sign_in
        failing = GaugeMetricFamily("gongfang_jobs_failing", "Jobs whose last run failed", labels=["job"])
        for name in self._house.scheduler.failures:
            failing.add_metric([name], 1)
        yield failing
        if self.connections is not None:
            yield GaugeMetricFamily("gongfang_connections", "Open connections to the web server", self.connections())

    def _logs(self) -> Iterator[Metric]:
        events = GaugeMetricFamily("gongfang_log_events", "Events in the log", labels=["service"])
        views = GaugeMetricFamily(
            "gongfang_view_lag_events", "Events the slowest view has not seen", labels=["service"]
        )
        relays = GaugeMetricFamily("gongfang_relay_lag_events", "Events not yet handed to the bus", labels=["service"])
        for name, service in self._house.services.items():
            events.add_metric([name], service.log.head().position)
            views.add_metric([name], service.projector.lag())
            if service.relay is not None:
                relays.add_metric([name], service.relay.lag())
        yield from (events, views, relays)

    def _queues(self) -> Iterator[Metric]:
        count = GaugeMetricFamily("gongfang_queue_facts", "Facts that wait for a service", labels=["consumer"])
        age = GaugeMetricFamily("gongfang_queue_age_seconds", "Age of the oldest fact that waits", labels=["consumer"])
        for service in self._house.services.values():
            for consumer in service.consumers:
                lag = consumer.lag()
                count.add_metric([consumer.name], lag.count)
                age.add_metric([consumer.name], lag.seconds)
        yield from (count, age)

    def _parked(self) -> Metric:
        parked = GaugeMetricFamily("gongfang_parked", "Events and facts set aside as poison", labels=["service"])
        for name, service in self._house.services.items():
            parked.add_metric([name], sum(count_parked(service.log.views).values()))
        return parked

    def _orders(self) -> Iterator[Metric]:
        now_us = microseconds(self._house.clock.now())
        states = GaugeMetricFamily("gongfang_orders", "Orders by state", labels=["state"])
        held = sa.and_(ORDERS.c.state == "quoted", ORDERS.c.expires_us > now_us)
        with self._house.services["order"].log.views.connect() as connection:
            for state, count in connection.execute(sa.select(ORDERS.c.state, sa.func.count()).group_by(ORDERS.c.state)):
                states.add_metric([state], count)
            holds = connection.execute(sa.select(sa.func.count()).select_from(ORDERS).where(held)).scalar_one()
        yield states
        yield GaugeMetricFamily("gongfang_holds", "Orders whose quote holds hours now, not yet accepted", holds)

    def _disk(self) -> Iterator[Metric]:
        data = self._house.data
        if data is None:
            return
        yield GaugeMetricFamily("gongfang_disk_free_bytes", "Room where the data lie", shutil.disk_usage(data).free)
        sizes = GaugeMetricFamily("gongfang_data_bytes", "Size of a service's files", labels=["service"])
        for name in self._house.services:
            sizes.add_metric([name], sum(one.stat().st_size for one in data.glob(f"{name}.sqlite*")))
        yield sizes

    def _readiness(self) -> Metric:
        ready = GaugeMetricFamily("gongfang_ready", "1: the check of /readyz is well", labels=["check"])
        for name, ask in self.ready.items():
            ready.add_metric([name], 0 if ask() else 1)
        return ready
