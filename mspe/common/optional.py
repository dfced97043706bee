"""Packages that not every use of the library needs."""

from importlib import import_module
from typing import Any

from mspe.common.errors import MspeError


def optional_module(name: str, extra: str) -> Any:
    """Return a module of a package that one of the library's extras brings.

    Parameters
    ----------
    name
        Of the module, such as ``rdkit.Chem``.
    extra
        Of this library, which installs it.

    Raises
    ------
    MspeError
        If the package is not installed; says which extra brings it.

    Examples
    --------
    >>> optional_module("json", "molecules").dumps(1)
    '1'
    >>> optional_module("no_such_package.part", "molecules")
    Traceback (most recent call last):
    mspe.common.errors.MspeError: no_such_package is not installed; run pip install 'mspe[molecules]'
    """
    try:
        return import_module(name)
    except ImportError:
        package = name.partition(".")[0]
        raise MspeError(f"{package} is not installed; run pip install 'mspe[{extra}]'") from None
