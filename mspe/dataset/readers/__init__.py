"""From files to samples: tables, molecules, saved graphs, and splits that PyG reads."""
