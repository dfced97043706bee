"""Readers of users' files: CSV tables of molecules and of graphs, and graphs that `torch.save` wrote."""
