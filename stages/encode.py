"""Spectrum → node encodings, and the resolved bank that everything after reads."""

from pathlib import Path

from mspe.common.command import command
from mspe.common.files import write_json
from mspe.config import load_params
from mspe.encodings import FilterBank
from mspe.encodings.scales import median_spectral_range
from mspe.encodings.stream import map_shards
from mspe.graphs import GraphSchema, PackedGraphs
from mspe.graphs.store import read_shards

GRAPHS, SPECTRUM = "data/graphs", "data/spectrum"
CODE = ("stages/encode.py", "mspe/common", "mspe/encodings", "mspe/graphs")


def main() -> None:
    encodings = load_params().encodings
    spectral_range = median_spectral_range(read_shards(SPECTRUM, "train"))
    bank = FilterBank.from_config(
        encodings.resolve(GraphSchema.load(f"{GRAPHS}/schema.json").max_nodes, spectral_range)
    )

    def encode(spectrum: PackedGraphs, name: Path) -> PackedGraphs:
        return bank.encode_nodes(spectrum, lambda: PackedGraphs.load(Path(GRAPHS) / name))

    map_shards(SPECTRUM, "data/encodings", encode, settings=bank.config(), inputs=[SPECTRUM, *CODE])
    write_json("data/encodings/bank.json", bank.config())


if __name__ == "__main__":
    with command():
        main()
