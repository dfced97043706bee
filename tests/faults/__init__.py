"""Faults put into the pipeline on purpose."""
