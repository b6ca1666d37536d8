"""Seodang beside what a user would run instead, on real data, in one go: `python -m benchmarks`."""
