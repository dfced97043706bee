"""The command `python -m mspe.report`."""

from mspe.common.command import command
from mspe.pipeline.summary import main

if __name__ == "__main__":
    with command():
        main()
