"""Graphs → the spectrum of each, once for every filter and scale."""

from pathlib import Path

from mspe.common.command import command
from mspe.common.pipeline_files import stage_dependencies
from mspe.config import load_params
from mspe.encodings.spectrum import choose_backend, compute_spectrum
from mspe.encodings.stream import map_shards
from mspe.graphs import GraphSchema, PackedGraphs
from mspe.graphs.content_key import with_structure_keys

GRAPHS = "data/graphs"


def main() -> None:
    encodings = load_params().encodings
    backend = choose_backend(encodings.backend, GraphSchema.load(f"{GRAPHS}/schema.json").max_nodes)

    def decompose(graphs: PackedGraphs, name: Path) -> PackedGraphs:
        return with_structure_keys(compute_spectrum(graphs, backend=backend), graphs)

    map_shards(GRAPHS, "data/spectrum", decompose, settings={"backend": backend}, inputs=stage_dependencies("spectrum"))


if __name__ == "__main__":
    with command():
        main()
