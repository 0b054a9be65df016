"""The demo: a fictional world seeded and its stories told through the public HTTP API, on a story's clock."""
