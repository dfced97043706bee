"""Graphs → the spectrum of each, once for every filter and scale."""

from mspe.common.command import begin, command

if __name__ == "__main__":
    begin(__doc__)

from pathlib import Path

from mspe.common.cluster import spread
from mspe.common.pipeline_files import stage_dependencies
from mspe.common.resume import resume_folder
from mspe.config import load_params
from mspe.encodings.spectrum import choose_backend, compute_spectrum
from mspe.encodings.stream import map_shards
from mspe.graphs import SPLITS, PackedGraphs
from mspe.graphs.content_key import with_structure_keys
from mspe.graphs.store import read_shards

GRAPHS = "data/graphs"


def main() -> None:
    params = load_params()
    backend = params.encodings.backend
    sizes = {size for split in SPLITS for graphs in read_shards(GRAPHS, split) for size in graphs.num_nodes.tolist()}
    backends = sorted({choose_backend(backend, size) for size in sizes})
    settings, inputs = {"backend": backends}, stage_dependencies("spectrum")
    state = None if backends == ["dense"] else resume_folder(settings, inputs) / "inside"

    def decompose(graphs: PackedGraphs, name: Path) -> PackedGraphs:
        return with_structure_keys(compute_spectrum(graphs, backend=backend, beside=backends, state=state), graphs)

    with spread(params.runtime.cluster, params.runtime.jobs):
        map_shards(GRAPHS, "data/spectrum", decompose, settings=settings, inputs=inputs)


if __name__ == "__main__":
    with command():
        main()
