"""Which encodings, at which scales, help: variants of the parameters, run over seeds and compared."""
