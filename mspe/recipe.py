"""The command `python -m mspe.recipe`."""

from mspe.common.command import command
from mspe.pipeline.recipe import main

if __name__ == "__main__":
    with command():
        main()
