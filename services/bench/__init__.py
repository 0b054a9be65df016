"""Benchmarks: what the event log, the order flow and the planner do, as ratios first."""
