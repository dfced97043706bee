"""Published encodings by name."""

from typing import Any

DEFAULT_FILTERS = {
    "walk": {"steps": [1, 2, 4, 8, 16]},
    "heat": {"times": [0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0]},
}

PRESETS: dict[str, dict[str, Any]] = {
    # the multi-scale bank
    "default": {"filters": DEFAULT_FILTERS, "node": True, "pair": True},
    # random-walk structural encoding, Dwivedi et al., arXiv 2110.07875
    "rwse": {"filters": {"walk": {"steps": list(range(1, 21))}}, "node": True, "pair": False},
    # relative random-walk probabilities, Ma et al. (GRIT), arXiv 2305.17589
    "rrwp": {"filters": {"walk": {"steps": list(range(21))}}, "node": True, "pair": True},
    # Laplacian eigenvectors, Dwivedi and Bresson, arXiv 2012.09699
    "lappe": {"filters": {}, "node": False, "pair": False, "eigenvectors": 8},
    # heat-kernel signature, Sun et al. 2009
    "hkse": {"filters": {"heat": DEFAULT_FILTERS["heat"]}, "node": True, "pair": False},
    # shortest-path distance, Ying et al. (Graphormer), arXiv 2106.05234
    "spd": {"filters": {}, "node": False, "pair": False, "distance": 10},
    "none": {"filters": {}, "node": False, "pair": False},
}
