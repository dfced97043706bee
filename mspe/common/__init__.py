"""The lowest layer: errors, files, parameters, registries and processes, for every package above."""
