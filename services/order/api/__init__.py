"""The order service over HTTP: routes read and answer, rules stand in the domain."""
