"""Damage of every kind, done on purpose."""
