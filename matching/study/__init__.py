"""Make-believe instances from a seed, for tests, demos and benchmarks."""
