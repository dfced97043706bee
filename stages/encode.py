"""Spectrum → node encodings, and the resolved bank that everything after reads."""

from pathlib import Path

from mspe.common.command import command
from mspe.common.json_files import write_sealed_json
from mspe.common.pipeline_files import stage_dependencies
from mspe.config import load_params
from mspe.encodings import EncodingSet, GraphStatistics
from mspe.encodings.stream import map_shards
from mspe.graphs import GraphSchema, PackedGraphs
from mspe.graphs.content_key import join_derived, with_structure_keys
from mspe.graphs.store import read_shards

GRAPHS, SPECTRUM = "data/graphs", "data/spectrum"


def main() -> None:
    encodings = load_params().encodings
    max_nodes = GraphSchema.load(f"{GRAPHS}/schema.json").max_nodes
    statistics = GraphStatistics.of(read_shards(SPECTRUM, "train"), max_nodes)
    bank = EncodingSet.from_config(encodings.resolve(statistics))
    resolved = bank.config().model_dump()

    def encode(spectrum: PackedGraphs, name: Path) -> PackedGraphs:
        graphs = PackedGraphs.load(Path(GRAPHS) / name)
        joined = join_derived(graphs, spectrum, f"{SPECTRUM}/{name}")
        return with_structure_keys(bank.encode_nodes(joined, lambda: graphs), graphs)

    map_shards(SPECTRUM, "data/encodings", encode, settings=resolved, inputs=stage_dependencies("encode"))
    write_sealed_json("data/encodings/bank.json", resolved)


if __name__ == "__main__":
    with command():
        main()
