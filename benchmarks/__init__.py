"""Benchmarks: what is measured, never tested; one package each. README.md says how to run them."""
