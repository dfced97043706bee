"""The command `python -m mspe.ablation`, as `mspe ablation`."""

import sys

from mspe.cli import main

if __name__ == "__main__":
    sys.exit(main(["ablation", *sys.argv[1:]]))
