"""Web manners every service shares: app factory, problems, permissions, idempotency, ETags, pages, streams."""
