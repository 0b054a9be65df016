"""Pure building blocks of the rules: no framework, no clock, no chance, no store."""
