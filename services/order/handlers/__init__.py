"""A method per command: gather what the rule needs, then load, decide, append."""
