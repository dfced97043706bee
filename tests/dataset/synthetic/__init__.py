"""Tests of `mspe.dataset.synthetic`."""
