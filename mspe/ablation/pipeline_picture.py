"""The pipeline's stages and what each of them waits for, read from DVC's own files."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from graphlib import TopologicalSorter
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

import yaml

from mspe.ablation.drawing import GREY, INK, Picture, draw

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Stage = tuple[str, str]
"""The folder of the pipeline, relative to the first one's, and the stage's name."""

# In inches.
_MARGIN = 0.85
_BOX_WIDTH = 1.36
_BOX_HEIGHT = 0.42
_ROW_HEIGHT = 0.7


def read_stages(paths: Sequence[Path]) -> dict[Stage, dict[str, Any]]:
    """The stages of several `dvc.yaml` files, in the files' order.

    Returns
    -------
    dict
        By folder and name: `repeats` (what a matrix runs over), `deps` and `outs` (paths relative to the folder of the
        first file).
    """
    root = paths[0].parent
    found = {}
    for path in paths:
        folder = Path(os.path.relpath(path.parent, root)).as_posix()
        for name, declared in yaml.safe_load(path.read_text())["stages"].items():
            stage = declared.get("do", declared)
            base = f"{folder}/{stage.get('wdir', '.')}"
            outs = [*stage.get("outs", []), *stage.get("metrics", []), *stage.get("plots", [])]
            repeats = list(declared.get("matrix", [])) or ["item"] * ("foreach" in declared)
            found[folder, name] = {
                "repeats": repeats,
                "deps": [os.path.normpath(f"{base}/{dep}") for dep in stage.get("deps", [])],
                "outs": [os.path.normpath(f"{base}/{next(iter(o)) if isinstance(o, dict) else o}") for o in outs],
            }
    return found


def predecessors(stages: Mapping[Stage, Mapping[str, Any]]) -> dict[Stage, list[Stage]]:
    """Which stages each stage waits for: those with an output that is, holds or lies in one of its dependencies.

    Examples
    --------
    >>> stages = {(".", "one"): {"deps": [], "outs": ["data/a"]}, (".", "two"): {"deps": ["data"], "outs": []}}
    >>> predecessors(stages)[".", "two"]
    [('.', 'one')]
    """
    return {
        later: [
            earlier
            for earlier, made in stages.items()
            if earlier != later and any(_overlap(out, dep) for out in made["outs"] for dep in stage["deps"])
        ]
        for later, stage in stages.items()
    }


def _overlap(first: str, second: str) -> bool:
    a, b = PurePosixPath(first), PurePosixPath(second)
    return a == b or a in b.parents or b in a.parents


def _generations(before: Mapping[Stage, Sequence[Stage]]) -> Iterator[tuple[Stage, ...]]:
    """Stages that could run at the same time, after those that they wait for."""
    sorter = TopologicalSorter(before)
    sorter.prepare()
    while sorter.is_active():
        ready = sorter.get_ready()
        yield ready
        sorter.done(*ready)


def _places(before: Mapping[Stage, Sequence[Stage]]) -> dict[Stage, tuple[float, float]]:
    """The middle of each stage's box in inches: a column a pipeline, a row a generation, rows counted downwards."""
    places = {}
    left = _MARGIN
    for folder in _folders(before):
        rows = [[stage for stage in row if stage[0] == folder] for row in _generations(before)]
        for depth, row in enumerate(rows):
            for i, stage in enumerate(row):
                places[stage] = left + _BOX_WIDTH / 2 + i * (_BOX_WIDTH + 0.2), (depth + 0.5) * _ROW_HEIGHT
        left += max(len(row) for row in rows) * (_BOX_WIDTH + 0.2) + 0.5
    return places


def _folders(stages: Iterable[Stage]) -> list[str]:
    return list(dict.fromkeys(folder for folder, _ in stages))


def pipeline_picture(paths: Sequence[Path]) -> Picture | None:
    """Stages as boxes, a column a pipeline, and arrows to the stages that wait for them; None without a stage."""
    stages = read_stages(paths) if paths else {}
    if not stages:
        return None
    before = predecessors(stages)
    places = _places(before)
    first, *others = _folders(stages)
    width = max(x for x, _ in places.values()) + _BOX_WIDTH / 2 + _MARGIN / 2
    height = max(y for _, y in places.values()) + _ROW_HEIGHT / 2

    def plot(axes: "Axes") -> None:
        axes.set(xlim=(0, width), ylim=(height, 0))
        axes.axis("off")
        for stage, place in places.items():
            _draw_box(axes, place, _title(stage, stages[stage]["repeats"], "\n"), shaded=stage[0] != first)
        for later, waited_for in before.items():
            for earlier in waited_for:
                _draw_arrow(axes, places[earlier], places[later], outer=-1 if earlier[0] == first else 1)

    titles = {
        stage: _title(stage, stages[stage]["repeats"], " ") for stage in sorted(places, key=lambda s: places[s][1])
    }
    waits = [
        title + " after " * bool(before[stage]) + ", ".join(name for _, name in before[stage])
        for stage, title in titles.items()
    ]
    alt = f"Boxes of {len(stages)} stages joined by arrows. {'; '.join(waits)}."
    columns = f" Left: dvc.yaml; right, shaded: {', '.join(f'{folder}/dvc.yaml' for folder in others)}."
    caption = "Stages of the pipeline; an arrow leads to a stage that reads what another has written."
    return Picture(draw(plot, "pipeline", alt, width, height), caption + columns * bool(others))


def _title(stage: Stage, repeats: Sequence[str], separator: str) -> str:
    return separator.join([stage[1], *(["× " + " × ".join(f"{name}s" for name in repeats)] if repeats else [])])


def _draw_box(axes: "Axes", place: tuple[float, float], title: str, shaded: bool) -> None:
    from matplotlib.patches import Rectangle

    x, y = place
    axes.add_patch(
        Rectangle(
            (x - _BOX_WIDTH / 2, y - _BOX_HEIGHT / 2), _BOX_WIDTH, _BOX_HEIGHT,
            facecolor="#d7e8f4" if shaded else "white", edgecolor=INK, linewidth=0.9,
        )
    )  # fmt: skip
    axes.text(x, y, title, ha="center", va="center", color=INK, fontsize=9)


def _draw_arrow(axes: "Axes", start: tuple[float, float], end: tuple[float, float], outer: int) -> None:
    """From box to box: to the next row, to another column, or around the boxes between, on the outer side."""
    from matplotlib.patches import FancyArrowPatch

    (x1, y1), (x2, y2) = start, end
    half_width, half_height, bend = _BOX_WIDTH / 2, _BOX_HEIGHT / 2, 0.0
    if x1 == x2 and y2 - y1 > 1.5 * _ROW_HEIGHT:
        side = outer * half_width  # what comes in ends above what goes out
        start, end, bend = (x1 + side, y1 + half_height / 2), (x2 + side, y2 - half_height / 2), -0.4 * outer
    elif x2 - x1 > _BOX_WIDTH + 0.3:
        start, end = (x1 + half_width, y1), (x2 - half_width, y2)
    else:
        start, end = (x1, y1 + half_height), (x2, y2 - half_height)
    axes.add_patch(
        FancyArrowPatch(
            start, end, shrinkA=0, shrinkB=1, arrowstyle="-|>", mutation_scale=8, linewidth=0.9, color=GREY,
            connectionstyle=f"arc3,rad={bend}",
        )
    )  # fmt: skip
