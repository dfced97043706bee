"""Benchmarks whose inputs are built: that they are what they are said to be."""
