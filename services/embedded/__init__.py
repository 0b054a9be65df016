"""The embedded mode: all four services, their bus and their logs in one process on one data directory."""
