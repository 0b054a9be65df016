"""Published facts: what the services tell each other, one file per publishing service, versioned for ever."""
