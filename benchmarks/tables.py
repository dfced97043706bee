"""docs/encodings.md, from what the classes say, what the tests' suite of laws shows, and the measured results.

python -m benchmarks.tables
"""

import argparse
import json
from pathlib import Path
from typing import Any

import torch
from torch_geometric.data import Batch, Data

from mspe.common.files import write_text
from mspe.encodings import ENCODINGS, BatchEncodings, Encoding, EncodingSet
from mspe.encodings.about import About
from mspe.graphs import DenseLayout

RESULTS, TARGET = Path("benchmarks/results"), Path("docs/encodings.md")
PARAMS: dict[str, dict[str, Any]] = {
    "walk": {"steps": [2]},
    "heat": {"times": [1.0]},
    "wavelet": {"times": [1.0]},
    "ppr": {"restarts": [0.2]},
    "eigenvectors": {"count": 2},
    "eigenvector_distance": {"count": 2},
    "magnetic_eigenvectors": {"count": 2},
}
NOT_OF_THE_GRAPH = {
    **dict.fromkeys(("learned", "pearl", "stable"), "trained"),
    "gpse": "pretrained",
    "random_features": "drawn",
    "wl": "one-hot",
}
"""What stands for channels that are not numbers of a graph alone."""
WHOLE = ("eigenvectors", "eigenvector_distance", "magnetic_eigenvectors", "gpse")
"""Of several components, which are not encoded each as if it were alone."""

HEAD = """# Encodings

Made by `python -m benchmarks.tables`. `mspe encodings` prints the list, and [filters.md](filters.md#encodings) has the
keys.

## What they are, what they cost, and how they are checked

On {graphs:,} validation molecules of ZINC-12k, one thread, {machine},
while it did other work: milliseconds of the processor per 1,000 graphs, of node channels, of pair channels in batches
of 32, as in training, since they are never stored (those of `hierarchical` with the clusters, which are found once),
and of the decomposition of the matrix that they read, which all encodings of that matrix share. A ratio is the peer's
time, in the same process in turn, over ours for the same channels: with the decomposition, and without it, as where
another encoding needs it anyway. `walk` is measured as what reads the spectrum; [filters.md](filters.md#speed) has
`walk_diagonals`, which needs none. The widths of `gpse` are an eighth of the published model's. The difference is the
largest one between the peer's numbers and ours, in single precision.
"""
HOLDS = """
## What holds

A suite of tests (`tests/encodings/test_catalogue_laws.py`) asks each of them for it: another order of the nodes
permutes the channels (those of `random_features` and `gpse` in distribution alone; those of eigenvectors, `landmarks`
and `hierarchical` but for what a graph's symmetries leave open); a batch holds what each graph has alone; the basis of
a repeated eigenvalue changes nothing (but for `eigenvectors` and `magnetic_eigenvectors`); edges of weight 0 are none.
“Alone”: of several components, each is encoded as if it were a graph of its own, an isolated node included. The last
column has the node channels of a graph that is a single node.
"""
SEEN = """
## Which graphs they tell apart before any training

Pairs that colour refinement (1-WL) does not tell apart, of the families of BREC, built by
`benchmarks/expressivity.py`. Two graphs are told apart if the multisets of node channels differ, or those of the rows
of pair channels. Which of them help to predict is another question: on ZINC-12k, every encoding alone was compared with
none (`python -m benchmarks.zinc catalogue`, [page](../benchmarks/results/zinc_catalogue.html)).
"""
LARGE = """
## One large graph

Each graph has its own backend. Up to 512 nodes its matrices are decomposed densely. Up to 10,000, each node's spectral
measure is computed exactly from the sparse Laplacian, above 4,000 in single precision. Above, it is estimated: the
first moments of every node are found exactly by local walks, the eigenvectors of λ = 0 are known, and 512 random probes
tell the rest; what their estimates of the known moments are off corrects those of the others. The log states for each
channel what 95 % of the errors are at most; that bound is no less than what 64 sampled nodes show, whose exact values
are computed too. The measure serves all filters and scales: `walk` (`rwse`), `heat` (`hkse`), `wavelet`, `ppr`.
`encodings.backend=chebyshev` computes it exactly at any size, in a time that grows as its square. The stage of the
spectrum, interrupted, resumes inside a graph. Of the others, `degree`, `wl`, `landmarks`, `random_features`, the kinds
of `roles` without shortest paths, and `eigenvectors` where Lanczos iteration or a sparse inverse finds them take such
graphs; what needs all eigenvectors or all pairs refuses them in one line, which says what to take instead: instead of
`distance` and `hierarchical`, `landmarks`, the distances to some nodes (of 200,000 nodes and 1,000,000 edges, 16
landmarks take 2 seconds).

Pair channels of such a graph would take n² numbers each. `encodings.pair=edges` has those of filters at its edges
instead, where message passing reads them: exactly up to 10,000 nodes, and above estimated by as many probes, corrected
by what walks of a few steps know of each edge, with a stated error of the same kind, held against the exact values of
sampled edges. Of the default bank, 95 % of the errors are at most 1.5e-04 on a road-like grid of 12,100 nodes, and
7e-04 on a random graph of 12,000 nodes with five edges per node, where walks of 4 and of 8 steps between neighbours are
that small themselves, so that these two channels are noise.

`AddMultiScalePE("{preset}")` (`benchmarks/large_graph.py`) on {cores} of the machine's cores while it did other work,
so that seconds are those of the processor: on graphs with five random edges per node, on one with hubs (Barabási and
Albert's), and on one like roads (a grid whose nodes are in a random order). Seconds of estimates on random edges grow
as the number of nodes to the power of {exponent}. Errors are the largest of all channels: the stated bound, and that of
sampled nodes.
"""
KNOWN = """
On a cycle and on a torus of {nodes:,} nodes the channels are known in closed form. Within the stated bounds, which are
at most {cycle_bound:.0e} and {torus_bound:.0e}, are {cycle:.2%} and {torus:.2%} of the nodes, in the worst channel.
"""


def table(head: list[str], rows: list[list[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def about_of(encoding: type[Encoding]) -> About:
    """What a class says of itself."""
    about: About = vars(encoding)["about"]
    return about


def costs(measured: dict[str, Any]) -> str:
    """Source, cost, and comparison of each."""
    rows = []
    for name, encoding in ENCODINGS.items():
        about, found = about_of(encoding), measured[name]
        difference = f", {found['largest_difference']:g}" if "largest_difference" in found else ""
        rows.append(
            [
                f"`{name}`",
                about.what,
                about.source,
                *(f"{found[one]:.0f}" if found.get(one) else "–" for one in ("node_ms", "pair_ms", "decomposition_ms")),
                found["checked_by"],
                f"{found['peer']}{difference}" if "peer" in found else "–",
                f"{found['ratio']:g}" if "ratio" in found else "–",
                f"{found['ratio_of_its_own']:g}" if found.get("decomposition_ms") and "ratio" in found else "–",
            ]
        )
    return table(
        [
            "encoding",
            "what",
            "source",
            "nodes, ms",
            "pairs, ms",
            "matrix, ms",
            "checked by",
            "peer, difference",
            "ratio",
            "without matrix",
        ],
        rows,
    )


def holds() -> str:
    """What each reads, and what becomes of graphs that break careless code."""
    rows = []
    for name, encoding in ENCODINGS.items():
        about = about_of(encoding)
        rows.append(
            [
                f"`{name}`",
                ", ".join(about.places),
                "counts" if about.weighted else "ignored",
                "counts" if about.directed else "either way",
                "whole" if name in WHOLE else "alone",
                _of_single_node(encoding) if "node" in about.places else "–",
            ]
        )
    return table(["encoding", "channels", "weights", "direction", "components", "single node"], rows)


def _of_single_node(encoding: type[Encoding]) -> str:
    if encoding.name in NOT_OF_THE_GRAPH:
        return NOT_OF_THE_GRAPH[encoding.name]
    params = encoding.Params.model_validate(PARAMS.get(encoding.name, {}))
    bank = EncodingSet([encoding.from_params(params, trainable=False)])
    batch = Batch.from_data_list([Data(edge_index=torch.empty(2, 0, dtype=torch.long), num_nodes=1)])
    values = BatchEncodings(bank, batch, DenseLayout.blocks(batch.ptr)).node()[0].tolist()
    return ", ".join(f"{value:.3g}" for value in dict.fromkeys(round(value, 4) + 0.0 for value in values))


def seen(found: dict[str, Any]) -> str:
    """Pairs told apart, by family."""
    families = found["pairs"]
    head = ["encoding", *(f"{name} ({count})" for name, count in families.items())]
    return table(head, [[f"`{n}`", *(str(row[f]) for f in families)] for n, row in found["told_apart"].items()])


def large(found: dict[str, Any]) -> str:
    """Cost and errors by size, and on graphs whose channels are known."""
    rows = []
    for one in [*found["sizes"], *found["shapes"]]:
        errors = one["errors"].values()
        largest = [f"{max(error[kind] for error in errors):.0e}" if errors else "–" for kind in ("bound", "sampled")]
        cost = f"{one['cpu_seconds']:.0f}", f"{one['peak_gb']:.1f}"
        rows.append([one["graph"], f"{one['nodes']:,}", f"{one['edges']:,}", f"`{one['backend']}`", *cost, *largest])
    head = LARGE.format(preset=found["preset"], cores=found["cores"], exponent=found["exponent_of_estimates"])
    known = {name: one["least_share_within"] for name, one in found["known"].items()}
    known |= {f"{name}_bound": one["largest_bound"] for name, one in found["known"].items()}
    told = KNOWN.format(nodes=found["known"]["torus"]["nodes"], **known)
    columns = ["graph", "nodes", "edges", "backend", "seconds", "peak, GB", "stated bound", "of sampled nodes"]
    return "\n".join([head.lstrip(), table(columns, rows), told.lstrip()])


def page() -> str:
    """The whole page."""
    measured = json.loads((RESULTS / "catalogue.json").read_text())
    expressive = json.loads((RESULTS / "expressivity.json").read_text())
    at_size = json.loads((RESULTS / "large_graph.json").read_text())
    head = HEAD.format(graphs=measured["graphs"], machine=measured["machine"])
    parts = [head, costs(measured["encodings"]), HOLDS.lstrip(), holds(), large(at_size)]
    return "\n".join([*parts, SEEN.lstrip(), seen(expressive)])


def main() -> None:
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    write_text(TARGET, page())


if __name__ == "__main__":
    main()
