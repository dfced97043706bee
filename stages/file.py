"""A file that encodings read → its checksum, which later stages depend on, since DVC takes no list of files."""

from pathlib import Path

from mspe.common.command import begin, command

if __name__ == "__main__":
    arguments = begin(
        __doc__,
        lambda parser: parser.add_argument("--file", type=Path, required=True, help="one of encodings.files"),
    )

from mspe.common.checksums import file_checksum
from mspe.common.errors import MspeError
from mspe.common.files import write_text
from mspe.common.plugins import check_has_copy

if __name__ == "__main__":
    with command():
        try:
            check_has_copy(arguments.file)
        except MspeError as error:
            raise MspeError(f"--file: got {arguments.file}, {error}") from None
        write_text(f"data/files/{arguments.file}.checksum", f"{file_checksum(arguments.file)}\n")
