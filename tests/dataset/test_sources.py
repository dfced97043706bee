"""All sources: each is as its description says, and damaged files are refused."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from mspe.common.errors import MspeError
from mspe.dataset import DATASETS, get_dataset, list_datasets
from tests.dataset.sources.test_lrgb import peptides
from tests.documentation import PAGES


@pytest.mark.parametrize(
    "name",
    [
        "esol",
        pytest.param("bbbp", marks=pytest.mark.slow),
        "mutag",
        "citeseer",
        pytest.param("zinc", marks=pytest.mark.slow),
        "csl",
        "digits",
        "lesmiserables",
        "nci",
    ],
)
def test_a_dataset_is_trained_and_reported_as_its_description_says(shared_data: Path, name: str) -> None:
    schema = get_dataset(name, root=shared_data, limit=20).schema
    task = DATASETS[name].task
    assert task is not None
    assert (schema.task_type, schema.loss, schema.metric) == (task.type, task.loss, task.metric)
    assert schema.target_level == task.level


def hiv(folder: Path) -> None:
    raw = folder / "MoleculeNet" / "hiv" / "raw"
    raw.mkdir(parents=True)
    rows = [f"{'C' * (1 + n % 9)}{'O' if n % 3 else 'N'},CI,{int(n % 4 == 0)}\n\n" for n in range(60)]
    (raw / "HIV.csv").write_text("smiles,activity,HIV_active\n" + "".join(rows))


def test_hiv_is_read_from_its_own_format_with_empty_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MSPE_DATA", raising=False)
    hiv(tmp_path)
    dataset = get_dataset("hiv", root=tmp_path, split="stratified")
    assert sum(map(len, dataset.get_splits())) == 60
    assert sum(sum(shares) for shares in dataset.schema.class_counts.values()) == 60
    assert dataset.schema.metric == "roc_auc" and dataset.num_classes == 2


@pytest.mark.parametrize(
    ("name", "write", "file"),
    [("peptides-func", peptides, "LRGBDataset/peptides-func/raw/val.pt"), ("hiv", hiv, "MoleculeNet/hiv/raw/HIV.csv")],
)
def test_a_damaged_raw_file_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, write: Callable[[Path], None], file: str
) -> None:
    monkeypatch.delenv("MSPE_DATA", raising=False)
    write(tmp_path)
    (tmp_path / file).write_bytes(b"\xff\xfenothing")
    with pytest.raises(MspeError) as raised:
        get_dataset(name, root=tmp_path)
    assert "\n" not in str(raised.value) and str(tmp_path) in str(raised.value)


def test_every_source_describes_itself_and_stands_in_the_readme() -> None:
    rows = [line for line in PAGES["docs/data.md"].splitlines() if line.startswith("| `")]
    for source in list_datasets():
        assert all((source.graphs, source.target, source.origin, source.licence, source.citation, source.splits))
        row = next(line for line in rows if line.startswith(f"| `{source.name}`"))
        cells = [cell.strip() for cell in row.strip("|").split("|")]
        assert cells == [
            f"`{source.name}`",
            source.graphs,
            source.target,
            source.task.type.replace("_", " ") if source.task else "by the target",
            source.metric.replace("_", " "),
            ", ".join(source.splits),
            f"{source.origin}; {source.licence}",
        ], f"README's row of {source.name}"
    embedded = [f"`{source.name}`" for source in list_datasets() if source.embedded]
    assert f"{', '.join(embedded[:-1])} and {embedded[-1]} need no download" in PAGES["docs/data.md"]
    table = re.findall(r"\| `([a-z0-9-]+)` \|(?: [^|]+ \|){5} [^|]+; [^|]+ \|", "\n".join(rows))
    assert set(table) == {source.name for source in list_datasets()}
