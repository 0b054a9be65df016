"""Capacity alone decides who makes it and when: plants, lines, licences, matching, holds, bookings, production.

Streams: plant-…, line-…, slots-… (the bookings of a line), floor-… (who runs on it now), plan-… (the plan of one order),
work-…. Facts in: order.*. Facts out: capacity.*. Tables: see `projections/`.
"""
