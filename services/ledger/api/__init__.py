"""The ledger over HTTP: figures, their evidence, the tree and the programme. It can only be read."""
