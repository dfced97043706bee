"""The command `python -m mspe.recipe`, as `mspe recipe`."""

import sys

from mspe.cli import main

if __name__ == "__main__":
    sys.exit(main(["recipe", *sys.argv[1:]]))
