"""A method per command: gather what the rule needs, decide, and hand back what to append."""
