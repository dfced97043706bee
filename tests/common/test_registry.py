"""The registry of what users add by name."""

import sys
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from mspe.common.errors import MspeError
from mspe.common.registry import Registry


def test_a_notebooks_cell_can_register_its_class_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "__main__", ModuleType("__main__"))  # of a notebook it has no file
    shapes: Registry = Registry("shape", [])
    first, second = (type("Ring", (), {"name": "ring", "__module__": "__main__"}) for _ in range(2))
    shapes.register(first)
    shapes.register(second)
    assert shapes["ring"] is second and len(shapes) == 1


def register_ring(registry: Registry, size: int) -> None:
    """Register an instance, whose class is nobody's own."""
    registry.register(SimpleNamespace(name="ring", size=size))


def run(registry: Registry, size: int, **module: str) -> None:
    """Register it in a module of these attributes, by another module's function."""
    names = {"register_ring": register_ring, "registry": registry, "size": size}
    exec("register_ring(registry, size)", {**names, **module})


def test_an_instance_is_of_the_file_that_registers_it() -> None:
    shapes: Registry = Registry("shape", [])
    for size in (3, 4):
        run(shapes, size, __name__="first", __file__="/first.py")
    with pytest.raises(MspeError, match=r"shape 'ring' is defined in /first.py and again in /second.py; rename one"):
        run(shapes, 5, __name__="second", __file__="/second.py")
    assert shapes["ring"].size == 4


def test_an_instance_of_a_notebook_can_be_registered_again_and_the_librarys_stays() -> None:
    library: dict[str, Any] = {"__file__": "/library.py", "Registry": Registry, "Shape": SimpleNamespace}
    exec("shapes = Registry('shape', [Shape(name='square')])", library)
    shapes = library["shapes"]
    for size in (3, 4):
        run(shapes, size, __name__="__main__")
    assert shapes["ring"].size == 4
    with pytest.raises(MspeError, match=r"shape 'square' is defined in /library.py and again in __main__; rename one"):
        exec(
            "register(square)",
            {"register": shapes.register, "square": SimpleNamespace(name="square"), "__name__": "__main__"},
        )


def test_one_instance_can_be_registered_from_two_files() -> None:
    shapes: Registry = Registry("shape", [])
    ring = shapes.register(SimpleNamespace(name="ring", size=3))
    exec("register(ring)", {"register": shapes.register, "ring": ring, "__name__": "second"})
    assert shapes["ring"] is ring


def test_a_reserved_name_is_refused() -> None:
    shapes: Registry = Registry("shape", [], reserved=["ring", "all"])
    with pytest.raises(MspeError, match=r"shape 'ring' of /a.py: rename it, these names have another use: all, ring"):
        run(shapes, 3, __name__="a", __file__="/a.py")
