"""The command `python -m mspe.predict`, as `mspe predict`."""

import sys

from mspe.cli import main

if __name__ == "__main__":
    sys.exit(main(["predict", *sys.argv[1:]]))
