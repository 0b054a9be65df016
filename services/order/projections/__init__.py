"""A file per question: its table, how events change it, how it is asked. The principal stands inside every query."""
