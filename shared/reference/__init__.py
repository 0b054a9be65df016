"""Reference data every service agrees on: districts, distances, transport rules. Figures live in the data files."""
