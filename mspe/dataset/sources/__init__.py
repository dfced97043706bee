"""One file a source: what the data are, where they come from, and how they are read."""
