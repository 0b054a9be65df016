"""The event log: what happened, in one order, for ever. `port.py` is the seam; engines stand beside it."""
