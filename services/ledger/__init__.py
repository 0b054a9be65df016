"""The ledger: decides nothing and forgets nothing. It records every fact, accounts for every line-second, proves it.

Alone it decides: nothing. Stream: `entries`, one writer. Facts in: every one of the topics order, capacity, portal.
Facts out: none. Views: entries, tree, books (line time and units in double entry), registers.
"""
