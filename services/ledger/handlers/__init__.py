"""A handler a task: recording facts, and auditing what was recorded."""
