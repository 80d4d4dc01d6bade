"""What Sigap costs, measured on the machine at hand: run as `python -m benchmarks.NAME`; see docs/benchmarks.md."""
