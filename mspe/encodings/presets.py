"""Published encodings by name."""

from typing import Any

DEFAULT_FILTERS = {
    "walk": {"steps": [1, 2, 4, 8, 16]},
    "heat": {"times": [0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0]},
}

_PEARL = {"samples": 120, "channels": 37, "layers": 8}

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
    # statistics of electrostatic potentials, Rampášek et al. (GraphGPS's ElstaticSE), arXiv 2205.12454
    "elstatic": {"filters": {}, "node": True, "pair": False, "electrostatic": True},
    # distances of eigenvectors, Wang et al. (PEG), arXiv 2203.00199, of as many as Huang et al. take on ZINC
    "peg": {"filters": {}, "node": False, "pair": False, "eigenvector_distance": 8},
    # effective resistance, Zhang et al. (Graphormer-GD), arXiv 2301.09505
    "rd": {"filters": {}, "node": False, "pair": True, "resistance": True},
    # stable eigenvectors with the sizes on ZINC, Huang et al. (SPE), arXiv 2310.02579
    "spe": {
        "filters": {},
        "node": True,
        "pair": False,
        "stable": {"filters": 16, "channels": 37, "layers": 8},
    },
    # random and basis inputs with the sizes on ZINC, Kanatsoulis et al. (PEARL), arXiv 2502.01122
    "r_pearl": {"filters": {}, "node": True, "pair": False, "pearl": {**_PEARL, "variant": "random"}},
    "b_pearl": {"filters": {}, "node": True, "pair": False, "pearl": {**_PEARL, "variant": "basis"}},
    # eigenvectors of the magnetic Laplacian as of sorting networks, Geisler et al. (MagLapPE), arXiv 2302.00049; their
    # potential of ¼ is divided by the number of one-way edges, here it is that of each
    "maglappe": {"filters": {}, "node": True, "pair": False, "magnetic_eigenvectors": {"count": 25}},
    # homomorphism counts of cycles of up to 8 nodes, as on ZINC, and of small trees, Bao et al. (MoSE), arXiv
    # 2410.18676, who also count those of cycles' other homomorphic images
    "mose": {"filters": {}, "node": True, "pair": False, "homomorphisms": True},
    # simple paths of up to 20 edges, as on ZINC, Airale et al. (SPSE), arXiv 2502.09365; refused on dense graphs
    "spse": {"filters": {}, "node": False, "pair": False, "simple_paths": 20},
    # communicability, which is what the coordinates of Zhang et al. (CIPE), arXiv 2606.25293, have as inner products
    "cipe": {"filters": {}, "node": True, "pair": True, "communicability": True},
    # distances of nodes, and of Louvain's communities, Luo et al. (HDSE), arXiv 2308.11129, who try five coarsenings
    "hdse": {"filters": {}, "node": False, "pair": False, "hierarchical": True},
    # simple cycles of up to 8 nodes, as on ZINC, Bouritsas et al. (GSN), arXiv 2006.09252
    "gsn": {"filters": {}, "node": True, "pair": True, "cycles": {"lengths": [3, 4, 5, 6, 7, 8]}},
    "none": {"filters": {}, "node": False, "pair": False},
}
