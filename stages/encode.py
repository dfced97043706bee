"""Spectra → node encodings, and the resolved bank that everything after reads."""

from mspe.common.command import begin, command

if __name__ == "__main__":
    begin(__doc__)

from pathlib import Path

from mspe.common.cluster import spread
from mspe.common.pipeline_files import stage_dependencies
from mspe.common.plugins import load_plugins
from mspe.config import load_params
from mspe.encodings import EncodingSet, GraphStatistics
from mspe.encodings.spectrum import further, operator_slug
from mspe.encodings.stream import map_shards
from mspe.graphs import GraphSchema, PackedGraphs
from mspe.graphs.content_key import join_derived, with_structure_keys
from mspe.graphs.store import read_shards

GRAPHS, SPECTRUM, OPERATORS = "data/graphs", "data/spectrum", "data/operators"


def main() -> None:
    params = load_params()
    encodings = params.encodings
    max_nodes = GraphSchema.load(f"{GRAPHS}/schema.json").max_nodes
    statistics = GraphStatistics.of(
        read_shards(SPECTRUM, "train"), max_nodes, graphs=lambda: read_shards(GRAPHS, "train")
    )
    whole = EncodingSet.from_config(encodings.resolve(statistics))
    plugins, resolved = encodings.plugins, whole.config().model_dump()
    folders = [Path(OPERATORS, operator_slug(operator)) for operator in further(whole.stored_operators)]

    def encode(spectrum: PackedGraphs, name: Path) -> PackedGraphs:
        load_plugins(plugins)  # known here, and not to a cluster's worker, which therefore gets no bank
        bank = EncodingSet.from_config(resolved)
        graphs = PackedGraphs.load(Path(GRAPHS) / name)
        joined = join_derived(graphs, spectrum, f"{SPECTRUM}/{name}")
        for folder in folders:
            joined = join_derived(joined, PackedGraphs.load(folder / name), f"{folder}/{name}")
        return with_structure_keys(bank.encode(joined, lambda: graphs), graphs)

    with spread(params.runtime.cluster, params.runtime.jobs):
        map_shards(
            source=SPECTRUM,
            target="data/encodings",
            function=encode,
            settings=resolved,
            inputs=stage_dependencies("encode"),
            beside={"bank.json": resolved},
        )


if __name__ == "__main__":
    with command():
        main()
