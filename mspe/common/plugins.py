"""Python files of the user's that extend the library."""

import sys
from collections.abc import Iterable
from hashlib import sha256
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

from mspe.common.checksums import file_checksum
from mspe.common.errors import MspeError
from mspe.common.shown import shortened

_CHECKSUM = "__mspe_checksum__"


def load_plugins(paths: Iterable[str | Path]) -> None:
    """Run Python files, each once in a process: what they register is known from then on.

    Parameters
    ----------
    paths
        Of the files, relative to the working folder.

    Raises
    ------
    MspeError
        If one is missing, raises, or has changed since this process loaded it.
    """
    for path in paths:
        _load(Path(path))


def check_has_copy(path: str | Path) -> None:
    """Refuse a file whose copy, or checksum, would lie outside its folder in data/, untracked, or over another file.

    Raises
    ------
    MspeError
        If it climbs out of a folder.
    """
    if ".." in Path(path).parts:
        raise MspeError("allowed: files inside the project's folder, or absolute paths; copy the file there")


def _load(path: Path) -> None:
    name = f"mspe_plugin_{sha256(str(path.resolve()).encode()).hexdigest()[:12]}"
    if name in sys.modules:
        _check_unchanged(path, sys.modules[name])
        return
    spec = spec_from_file_location(name, path) if _is_file(path) else None
    if spec is None or spec.loader is None:
        raise MspeError(f"{shortened(str(path))}: no such Python file; correct encodings.plugins, or --plugin")
    module = module_from_spec(spec)
    vars(module)[_CHECKSUM] = file_checksum(path)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:  # the user's code
        del sys.modules[name]
        reason = f"{type(error).__name__}: {error}".splitlines()[0]
        if not isinstance(error, MspeError):  # ours are short, and name files
            reason = shortened(reason, 200)
        raise MspeError(f"{path}: cannot be loaded ({reason}); correct the file") from error


def _check_unchanged(path: Path, module: ModuleType) -> None:
    if _is_file(path) and file_checksum(path) != vars(module)[_CHECKSUM]:
        raise MspeError(f"{path}: has changed since this process loaded it; start it, or a cluster's worker, again")


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name that is too long
        return False
