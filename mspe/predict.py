"""The command `python -m mspe.predict`."""

from mspe.common.command import command
from mspe.pipeline.prediction import main

if __name__ == "__main__":
    with command():
        raise SystemExit(main())
