"""What the services share: rules' kernel, contracts, event log, bus and web manners. Knows no service."""
