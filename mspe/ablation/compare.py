"""Comparing encodings on anyone's graphs: one call, without a repository, DVC or a parameter file."""

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from torch_geometric.data import Data

from mspe.ablation.comparison import Comparison
from mspe.ablation.config import ABLATION_PARAMS, AblationParams
from mspe.ablation.declarations import check_equal_size, expand_variants, parameter_counts
from mspe.ablation.engine import Engine
from mspe.ablation.plans import CONFIRM_SEED
from mspe.ablation.study import Study, content_key
from mspe.ablation.variant import operators_of
from mspe.common.checksums import checksum
from mspe.common.cluster import active_client, slots, spread
from mspe.common.errors import MspeError
from mspe.common.plugins import load_plugins
from mspe.common.resume import hold
from mspe.common.section import validate
from mspe.common.terminal import log_shown
from mspe.config import RuntimeParams
from mspe.dataset import UnsplitDataset, unsplit_graphs, unsplit_source
from mspe.encodings import GraphStatistics
from mspe.encodings.presets import DEFAULT_FILTERS
from mspe.pipeline.buckets import check_axis
from mspe.training.device import get_device, shared_devices

ENCODINGS = ("none", "rwse", "rrwp", "lappe", "hkse", "spd", "all")
"""What is compared where nothing is named: no encoding, the published ones, and the multi-scale bank."""

MINUTES = 30.0
"""The budget where neither one nor the rounds are given."""

_VALUES: dict[str, Any] = {
    "seeds": [0],
    "encodings": {"filters": DEFAULT_FILTERS},
    "model": {"norm": "auto"},
    "training": {
        "epochs": "auto",
        "batch_size": "auto",
        "ema": 0.99,
        "optimizer": {"lr": 1e-3},
        "scheduler": {"warmup_epochs": 3},
    },
    "evaluation": {},
    "runtime": {},
}
"""Parameters where there is no `params.yaml`."""


def compare(
    graphs: str | Path | Sequence[Data],
    encodings: Sequence[str] = ENCODINGS,
    *,
    minutes: float | None = None,
    baseline: str = "none",
    named: Sequence[str] = (),
    definitions: Mapping[str, Mapping[str, Any]] | None = None,
    more: bool = False,
    screen: Mapping[str, int] | None = None,
    confirm: Mapping[str, int] | None = None,
    margin: float = 0.05,
    splits: Literal["each", "one"] = "each",
    test_share: float | None = None,
    model: Mapping[str, Any] | None = None,
    training: Mapping[str, Any] | None = None,
    parameter_tolerance: float = 0.05,
    by: Literal["distance", "diameter", "size", "none"] | None = None,
    folder: str | Path | None = None,
    jobs: int | None = None,
    device: str = "auto",
    cluster: str | None = None,
    plugins: Sequence[str] = (),
    verbose: bool | None = None,
    **dataset: Any,
) -> Comparison:
    """Find out which encodings help a Graph Transformer on some graphs.

    Every variant is trained briefly with a few seeds; the best ones are then trained with fresh seeds and compared with
    the baseline. Called again after it was interrupted, it goes on where it stopped.

    Parameters
    ----------
    graphs
        A list or a dataset of PyG `Data` with targets `y`; a dataset's name, as `mspe datasets` lists them; or the path
        of molecules (`.csv`, `.smi`, `.sdf`) or graphs (`.pt`, a folder).
    encodings
        Variants by name: `none`, the presets, `all` (the multi-scale bank), any encoding alone, `only_<filter>`,
        `only_<filter>_<scale>`, `without_<filter>`, `without_<filter>_<scale>`, and those of `definitions`.
    minutes
        The budget, by which both rounds are planned; None: they are as `screen` and `confirm` say, and without these
        30.
    baseline
        The variant that all others are compared with.
    named
        Variants that are confirmed in any case.
    definitions
        Variants of your own: what each lays over the sections `encodings`, `model` and `training`.
    more
        Whether seeds are added to a comparison that has been reported, as many as its undecided verdicts ask for.
    screen, confirm
        Of the rounds: `{"seeds": 3, "epochs": 8}` and `{"best": 3, "seeds": 10}`; instead of `minutes`.
    margin
        Share of the baseline's error: a difference of at most that is called the same.
    splits
        `each`: where the split is drawn, each seed draws its own; `one`: all have the same.
    test_share
        Share of the graphs that a drawn split tests with; None: the dataset's own.
    model, training
        Laid over these sections.
    parameter_tolerance
        By which share of the baseline's a variant's number of parameters may differ.
    by
        What verdicts are given by in buckets, beside those on all samples: the `diameter` or `size` of a sample's
        graph, or its `distance`, as `sample_values` of `mspe.pipeline.buckets` has it; None: distance, where samples
        are whole graphs diameter and size.
    folder
        Keeps all runs; None: `comparisons/`, and there one named by the graphs.
    jobs
        Runs at a time, one thread each; None: one a core, and one on each GPU. With `slurm`, how many workers.
    device
        `auto`, `cpu` or `cuda`.
    cluster
        The address of a Dask scheduler, or `slurm`, whose workers make the runs; None: this machine.
    plugins
        Python files with encodings.
    verbose
        Whether standard error shows, a line per step, what it does and when it will be done, where the log does not go
        there already. None: on a terminal; True: in a pipe or a notebook, too; False: nothing.
    **dataset
        Keys of the section `dataset`: `target_columns`, `task`, `limit`, `split`, ….

    Raises
    ------
    MspeError
        If the graphs cannot be used, a variant is unknown, or the budget is too small: one line that says what would
        do.
    InterruptionError
        If a signal came; the same call goes on where it stopped.

    Examples
    --------
    ::

        comparison = mspe.compare("molecules.csv", target_columns="logP", minutes=30)
        print(comparison.answer)
        comparison.save("page.html")
    """
    if isinstance(encodings, str):
        raise MspeError(f"compare: encodings: got {encodings!r}, allowed: a list of names; write [{encodings!r}]")
    if minutes is None and screen is None and confirm is None:
        minutes = MINUTES
    declared = {
        "variants": tuple(dict.fromkeys((baseline, *encodings))),
        "baseline": baseline,
        "named": tuple(named),
        "definitions": definitions or {},
        "minutes": minutes,
        "screen": screen,
        "confirm": confirm,
        "margin": margin,
        "splits": splits,
        "test_share": test_share,
        "model": model or {},
        "training": training or {},
        "parameter_tolerance": parameter_tolerance,
        "by": by,
    }
    ablation = validate(AblationParams, declared, "compare")
    validate(RuntimeParams, {"jobs": jobs, "cluster": cluster}, "compare")
    load_plugins(plugins)
    with log_shown(verbose), spread(cluster, jobs):
        if isinstance(graphs, str | Path):
            unsplit = unsplit_source(graphs, **dataset)
        else:
            unsplit = unsplit_graphs(graphs, **dataset)
        if folder is None:
            folder = Path("comparisons") / f"{unsplit.spec.name}-{content_key(unsplit.graphs)[:8]}"
        return compare_declared(unsplit, ablation, _VALUES, folder, jobs, device, plugins, more=more, source="compare")


def compare_declared(
    dataset: UnsplitDataset,
    ablation: AblationParams,
    values: Mapping[str, Any],
    folder: str | Path,
    jobs: int | None = None,
    device: str = "auto",
    plugins: Sequence[str] = (),
    split: Literal["train", "val", "test"] = "test",
    more: bool = False,
    replace: bool = False,
    source: str = ABLATION_PARAMS,
) -> Comparison:
    """Compare what is declared.

    Parameters
    ----------
    dataset
        What the variants are trained on.
    ablation
        What is compared, and how.
    values
        The content of `params.yaml`.
    folder, jobs, device, plugins, more
        As `compare` has them.
    split
        The part that verdicts are of.
    replace
        Whether the comparison of other graphs in this folder may be removed.
    source
        Where the variants are declared, for messages.

    Raises
    ------
    MspeError
        As `compare` does, if the models are not of one size, and if another process is on the comparison.
    """
    with hold(Path(folder) / "comparison"):
        values = {**values, "dataset": dataset.params.model_dump()}
        backend = values["encodings"].get("backend", "auto")
        study = Study.begin(folder, dataset, split, backend, device, plugins, replace, _divided(dataset, ablation))
        first = CONFIRM_SEED if dataset.is_drawn else dataset.params.split_seed
        schema = dataset.divide(
            first, ablation.test_share, warn=True
        ).schema  # which stands for the others: each has warnings much like it
        statistics = GraphStatistics.of([study.graphs], int(study.graphs.num_nodes.max()), lambda: [study.graphs])
        if ablation.by is not None and ablation.by != "none":
            check_axis(ablation.by, study.graphs, schema.target_level)
        variants = expand_variants(ablation, values, statistics, schema.settings, source)
        study.add_operators(operators_of(variants), backend)
        check_equal_size(parameter_counts(variants, schema), ablation.baseline, ablation.parameter_tolerance, source)
        return Comparison(Engine(study, dataset, variants, ablation, jobs or _default_jobs(device)).compare(more))


def _default_jobs(device: str) -> int:
    """As many runs at a time as there is room for."""
    client = active_client()
    if client is not None:
        return slots(client)
    if get_device(device).type == "cuda":
        return max(1, len(shared_devices(device)))
    return os.cpu_count() or 1


def _divided(dataset: UnsplitDataset, ablation: AblationParams) -> str:
    """A key of how seeds divide the graphs."""
    content = [dataset.params.model_dump(mode="json"), ablation.splits, ablation.test_share]
    return checksum(json.dumps(content, sort_keys=True).encode())
