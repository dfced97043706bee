"""The ground floor: errors, files, parameters, registries and processes, for every room above."""
