"""The ledger's rules: entries under a tree, double entry of line time and units, elements and indicators."""
