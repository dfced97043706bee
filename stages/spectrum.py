"""Graphs → the spectrum of each, once for every filter and scale."""

from mspe.common.command import command
from mspe.encodings.spectrum import compute_spectrum
from mspe.graphs import SPLITS, read_split, write_splits


def main() -> None:
    write_splits("data/spectrum", {split: compute_spectrum(read_split("data/graphs", split)) for split in SPLITS})


if __name__ == "__main__":
    with command():
        main()
