"""The bus: private events become published facts, delivered at least once, applied exactly once."""
