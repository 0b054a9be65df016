"""What must hold in the simulated world whatever happens: each rule keeps books of its own from the logs alone."""
