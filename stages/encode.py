"""Spectrum → node encodings, and the resolved bank that everything after reads."""

from mspe.common.command import command
from mspe.common.files import write_json
from mspe.config import load_params
from mspe.encodings import FilterBank
from mspe.graphs import SPLITS, read_split, write_splits


def main() -> None:
    spectra = {split: read_split("data/spectrum", split) for split in SPLITS}
    max_nodes = max(int(spectrum.num_nodes.max()) for spectrum in spectra.values())
    bank = FilterBank.from_config(load_params().encodings.resolve(max_nodes))
    write_splits("data/encodings", {split: bank.encode_nodes(spectrum) for split, spectrum in spectra.items()})
    write_json("data/encodings/bank.json", bank.config())


if __name__ == "__main__":
    with command():
        main()
