"""Multi-scale positional encodings for Graph Transformers: one spectrum, a bank of filters, a reproducible pipeline."""

__version__ = "0.1.0"
