"""Matching: who makes an order, where and when. One module is the seam, `match.py` with `match` and `rematch`; it is pure.

Rooms: `problem` (what is asked and answered), `context` (what one run knows), `chain` (parts exploded into tasks),
`eligibility` (may this line run this step at all), `earliest` (the first gap that fits), `placing` and `labels`
(plant-label dynamic programme over one chain), `parts` (lot splitting), `rematching` (around what stays), `transport`,
`menu` (fastest, cheapest, balanced, fewest plants), `options` (in the words of the contracts), `reasons` and
`relaxation` (why not, and what would help). Words for people stand in `shared/contracts/reason_words.py`.
"""
