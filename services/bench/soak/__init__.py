"""Whether a server that works for an hour ends as it began: memory, latency, open files and threads over time.

A `serve` process on a seeded directory is loaded by this process over HTTP. First eight clients in a closed loop find
the rate at which it is saturated; then orders arrive at a share of that rate whether or not the earlier ones were
answered, so that a slow answer delays none of the measured arrivals (an arrival's first request is timed from when it
was due, not from when a client was free). Most orders are quoted and cancelled, so that free capacity does not run
out; some are accepted, made, shipped, delivered and confirmed, so that all four services work to the end of an order.

The server tells a story: its clock is moved on by *pace* for each second that passes, because an order takes days
from acceptance to delivery and nothing of it would be seen within an hour of real time. Holds, tokens and jobs age as
fast, so what is to be forgotten in time is forgotten within the run.

Windows: the first sixth of the time warms up and counts for nothing; the second sixth is compared with the last.
"""

from services.bench.soak.running import run

__all__ = ["run"]
