"""How the loss fell during training."""

from math import isfinite
from typing import TYPE_CHECKING

from mspe.ablation.page import marks
from mspe.ablation.report import Report
from mspe.ablation.wording import listed
from mspe.page.drawing import Drawing, Picture, as_columns, grid

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MOST = 5


def learning_curves(report: Report) -> Picture | None:
    """Draw the validation loss of the baseline and of the best few; None where none has a curve."""
    last_round = marks.confirmed(report.variant(report.baseline))
    styles = {
        name: style
        for name, style in marks.lines(report).items()
        if report.variant(name).curve.get("epoch") and marks.confirmed(report.variant(name)) == last_round
    }
    names = list(styles)[:_MOST]
    if not names:
        return None
    curves = {name: report.variant(name).curve for name in names}

    def plot(axes: "Axes") -> None:
        for name, curve in curves.items():
            epochs = curve["epoch"]
            # each line's markers stand at other epochs, so that lines which lie together can be told apart
            spacing = max(1, len(epochs) // 6)
            marked = slice(names.index(name) % spacing, None, spacing)
            axes.plot(
                epochs, curve["val_loss"], **styles[name], markersize=4.5, markevery=marked, linewidth=1.4, label=name
            )
        drawn = [loss for curve in curves.values() for loss in curve["val_loss"] if isfinite(loss)]
        if drawn and min(drawn) > 0:
            _logarithmic(axes)
        axes.set_xlabel("epoch")
        axes.set_ylabel("validation loss (log scale)" if drawn and min(drawn) > 0 else "validation loss")
        axes.locator_params(axis="x", integer=True)
        axes.legend(ncols=2, loc="lower center", bbox_to_anchor=(0.5, 1.0), handlelength=3.4, columnspacing=1.2)
        grid(axes, "y")

    ends = ", ".join(f"{name} from {c['val_loss'][0]:.3g} to {c['val_loss'][-1]:.3g}" for name, c in curves.items())
    alt = f"Lines of validation loss by epoch, mean over seeds: {ends}."
    caption = f"Validation loss by epoch, mean over seeds: {listed(names, _MOST)}."
    rows = [(name, *point) for name, c in curves.items() for point in zip(c["epoch"], c["val_loss"], strict=True)]
    columns = as_columns(("variant", "epoch", "val_loss"), rows)
    return Picture(Drawing(plot, "curves", alt, marks.WIDTH, 3.7), caption, columns)


def _logarithmic(axes: "Axes") -> None:
    from matplotlib.ticker import LogLocator

    axes.set_yscale("log", subs=[])
    axes.yaxis.set_major_locator(LogLocator(subs=[1, 1.5, 2, 3, 4, 6, 8]))
    axes.yaxis.set_major_formatter("{x:g}")
