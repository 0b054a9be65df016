"""Who lives in the simulated world: its organisations and plants, and the people who order, make, judge and misbehave."""
