"""Matching: who makes an order, where and when. One function is the seam, `match` in `match.py`; it is pure.

Rooms: `problem` (what is asked and answered), `eligibility` (may this line run this step at all), `earliest` (the
first gap that fits), `labels` (plant-label dynamic programme over one chain), `parts` (lot splitting), `transport`,
`menu` (fastest, cheapest, balanced, fewest plants), `reasons` and `relaxation` (why not, and what would help), `words`.
"""
