"""A plug-in's file → a copy that later stages depend on, since DVC takes no list of files as dependencies."""

from pathlib import Path

from mspe.common.command import begin, command

if __name__ == "__main__":
    arguments = begin(
        __doc__,
        lambda parser: parser.add_argument("--file", type=Path, required=True, help="one of encodings.plugins"),
    )

from mspe.common.errors import MspeError
from mspe.common.files import write_text
from mspe.common.plugins import check_has_copy
from mspe.common.text_files import read_text

if __name__ == "__main__":
    with command():
        try:
            check_has_copy(arguments.file)
        except MspeError as error:
            raise MspeError(f"--file: got {arguments.file}, {error}") from None
        content = read_text(arguments.file, "correct encodings.plugins")
        write_text(f"data/plugins/{arguments.file}", content)
