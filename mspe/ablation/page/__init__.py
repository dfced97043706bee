"""The ablation's page: one HTML file with its numbers, figures, parameters and origin, which asks for no other file."""

from mspe.ablation.page.assembly import write_page

__all__ = ["write_page"]
