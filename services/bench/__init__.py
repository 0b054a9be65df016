"""Benchmarks: each prints ratios against a raw limit and a peer measured in the same run, never a bare figure."""
