"""What self-contained pages are made of: a template with the style that all share, and figures as SVG."""
