"""How fast two sides are read, compared and brought in step: `python -m benchmarks.records`."""
