"""How fast the generator is, and what it generates: `python -m benchmarks.generator`."""
