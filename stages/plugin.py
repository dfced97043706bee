"""A plug-in's file → a copy that later stages depend on, since DVC takes no list of files as dependencies."""

import argparse
from pathlib import Path

from mspe.common.command import command
from mspe.common.files import write_text

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--file", type=Path, required=True, help="one of encodings.plugins")
    file = parser.parse_args().file
    with command():
        write_text(f"data/plugins/{file}", file.read_text())
