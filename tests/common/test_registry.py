"""The registry of what users add by name."""

import sys
from types import ModuleType

import pytest

from mspe.common.registry import Registry


def test_a_notebooks_cell_can_register_its_class_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "__main__", ModuleType("__main__"))  # of a notebook it has no file
    shapes: Registry = Registry("shape", [])
    first, second = (type("Ring", (), {"name": "ring", "__module__": "__main__"}) for _ in range(2))
    shapes.register(first)
    shapes.register(second)
    assert shapes["ring"] is second and len(shapes) == 1
