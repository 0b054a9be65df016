"""Rules of the portal: pure, given everything they need."""
