"""The portal over HTTP: accounts, tokens and sessions."""
