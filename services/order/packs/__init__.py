"""Industry packs: what can be ordered and how it is made, as data. A new trade is a new pack, no code."""
