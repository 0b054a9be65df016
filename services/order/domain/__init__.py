"""The rules of ordering: pure, no framework, no store, no clock."""
