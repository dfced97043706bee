"""The command `python -m mspe.report`, as `mspe report`."""

import sys

from mspe.cli import main

if __name__ == "__main__":
    sys.exit(main(["report", *sys.argv[1:]]))
