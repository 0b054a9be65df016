"""The simulation: all services in one process under a seeded clock, bus, disk and workload; any seed repeats bit for bit."""
