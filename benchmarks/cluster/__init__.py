"""What Apache Spark costs on this machine: `python -m benchmarks.cluster --help`."""
