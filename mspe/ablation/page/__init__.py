"""The comparison's page: one HTML file with its answer, figures, numbers and origin, which asks for no other file."""

from mspe.ablation.page.assembly import pictures, render_page, write_page

__all__ = ["pictures", "render_page", "write_page"]
