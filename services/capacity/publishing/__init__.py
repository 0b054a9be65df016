"""What leaves the house: private event -> public facts, pure, one event at a time."""
