"""The ledger's views, a file a question; all of them pure folds of the one stream of entries."""
