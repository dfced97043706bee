"""A comparison's folder: what stands in it, and what decides a run."""

from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from mspe.ablation.study import Run, Study, content_key
from mspe.common.errors import MspeError
from mspe.dataset import DatasetParams, UnsplitDataset, get_dataset, read_unsplit
from mspe.encodings import compute_spectrum
from mspe.graphs import SPLITS, PackedGraphs
from tests.ablation.fake_runs import declared, expanded

RUN = Run("confirm", "hkse", 3)
VARIANTS = ["none", "hkse"]


@pytest.fixture(scope="module")
def molecules() -> UnsplitDataset:
    """Thirty molecules for each split, whose node features are numbered by the training part."""
    return read_unsplit(DatasetParams(name="nci", limit=30))


def other_graphs(dataset: UnsplitDataset) -> UnsplitDataset:
    return replace(dataset, graphs=dataset.graphs[:100])


def prepared(study: Study, dataset: UnsplitDataset) -> Study:
    """The folder with all that decides `RUN`, in both rounds."""
    study.write_division(RUN.seed, dataset.divide(RUN.seed))
    for name in ("screen", "confirm"):
        study.write_variants(name, expanded(study, declared(variants=VARIANTS)))
    return study


def fields_of(graphs: PackedGraphs) -> dict[str, torch.Tensor]:
    structure = {"num_nodes": graphs.num_nodes, "num_edges": graphs.num_edges, "edge_index": graphs.edge_index}
    return {**structure, **graphs.fields}


def assert_same(given: PackedGraphs, expected: PackedGraphs) -> None:
    """The same graphs with at least the expected fields."""
    for name, values in fields_of(expected).items():
        torch.testing.assert_close(fields_of(given)[name], values, rtol=0, atol=0, equal_nan=True)


def test_a_comparison_that_is_begun_twice_is_one_folder(tmp_path: Path, csl: UnsplitDataset) -> None:
    first = prepared(Study.begin(tmp_path, csl), csl)
    (tmp_path / "runs").mkdir()
    graphs = (tmp_path / "graphs.pt").stat()
    again = Study.begin(tmp_path, csl)
    assert again == first == Study.open(tmp_path) and again.identity(RUN) == first.identity(RUN)
    assert (tmp_path / "runs").exists() and again.division(RUN.seed) == first.division(RUN.seed)
    assert (tmp_path / "graphs.pt").stat() == graphs  # the spectrum has not been computed again


def test_it_holds_all_graphs_with_their_spectrum(tmp_path: Path, csl: UnsplitDataset) -> None:
    graphs = Study.begin(tmp_path, csl, backend="dense").graphs
    assert_same(graphs, csl.graphs.with_fields_of(compute_spectrum(csl.graphs, backend="dense")))


def test_other_graphs_are_refused_and_nothing_is_touched(tmp_path: Path, csl: UnsplitDataset) -> None:
    first = prepared(Study.begin(tmp_path, csl), csl)
    with pytest.raises(MspeError, match=r"holds a comparison on other graphs \(csl\); name another folder, or remove"):
        Study.begin(tmp_path, other_graphs(csl))
    assert Study.open(tmp_path) == first and len(Study.open(tmp_path).graphs) == 150


def test_a_spectrum_of_another_kind_is_refused(tmp_path: Path, csl: UnsplitDataset) -> None:
    Study.begin(tmp_path, csl, backend="dense")
    with pytest.raises(MspeError, match="holds a comparison on other graphs"):
        Study.begin(tmp_path, csl, backend="stochastic")


def test_other_graphs_may_replace_a_comparison_with_all_that_it_holds(tmp_path: Path, csl: UnsplitDataset) -> None:
    prepared(Study.begin(tmp_path, csl), csl)
    (tmp_path / "runs").mkdir()
    study = Study.begin(tmp_path, other_graphs(csl), replace=True)
    assert len(study.graphs) == 100
    assert {path.name for path in tmp_path.iterdir()} == {"study.json", "graphs.pt"}


def test_graphs_that_an_interrupted_beginning_left_are_not_taken_for_others(
    tmp_path: Path, csl: UnsplitDataset
) -> None:
    """Until `study.json` stands, nothing says what `graphs.pt` holds."""
    Study.begin(tmp_path, csl)
    (tmp_path / "study.json").unlink()
    assert len(Study.begin(tmp_path, other_graphs(csl)).graphs) == 100


@pytest.mark.parametrize("content", ["{", "{}", '{"dataset": "csl", "graphs": "0", "split": "all"}'])
def test_a_damaged_folder_is_one_line(tmp_path: Path, content: str) -> None:
    (tmp_path / "study.json").write_text(content)
    with pytest.raises(MspeError, match=r"study\.json: "):
        Study.open(tmp_path)


def test_no_folder_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(MspeError, match=r"study\.json: no such file"):
        Study.open(tmp_path / "nowhere")


def test_a_division_is_read_as_it_was_written(tmp_path: Path, molecules: UnsplitDataset) -> None:
    study, division = Study.begin(tmp_path, molecules), molecules.divide(5)
    study.write_division(5, division)
    stored = study.division(5)
    assert stored.positions == division.positions and stored.graph_schema == division.schema


@pytest.mark.parametrize("seed", [0, 5])
def test_a_part_is_that_of_the_dataset(tmp_path: Path, molecules: UnsplitDataset, seed: int) -> None:
    """Numbered and scaled by the training part of the same seed."""
    study, division = Study.begin(tmp_path, molecules), molecules.divide(seed)
    study.write_division(seed, division)
    for name in SPLITS:
        assert_same(study.part(study.graphs, study.division(seed), name), molecules.part(division, name))


def test_a_part_is_that_of_the_dataset_which_the_pipeline_loads(tmp_path: Path, molecules: UnsplitDataset) -> None:
    study, seed = Study.begin(tmp_path, molecules), molecules.params.split_seed
    study.write_division(seed, molecules.divide(seed))
    dataset = get_dataset("nci", limit=30)
    for name, part in zip(SPLITS, dataset.get_splits(), strict=True):
        assert_same(study.part(study.graphs, study.division(seed), name), part)


def test_what_was_divided_otherwise_is_forgotten_with_its_plan(tmp_path: Path, csl: UnsplitDataset) -> None:
    first = Study.begin(tmp_path, csl, divided="each")
    first.write_division(0, csl.divide(0))
    (tmp_path / "plan.json").touch()
    Study.begin(tmp_path, csl, divided="each")
    assert first.division_path(0).exists() and (tmp_path / "plan.json").exists()
    Study.begin(tmp_path, csl, divided="one")
    assert not first.division_path(0).exists() and not (tmp_path / "plan.json").exists()


def test_a_division_of_other_graphs_is_refused(tmp_path: Path, csl: UnsplitDataset) -> None:
    study, other = Study.begin(tmp_path / "one", csl), Study.begin(tmp_path / "other", other_graphs(csl))
    study.write_division(0, csl.divide(0))
    other.division_path(0).parent.mkdir()
    other.division_path(0).write_bytes(study.division_path(0).read_bytes())
    with pytest.raises(MspeError, match=r"divisions/0\.json: divides other graphs; remove "):
        other.division(0)


def test_the_screen_is_scored_on_the_validation_part(tmp_path: Path, csl: UnsplitDataset) -> None:
    study = Study.begin(tmp_path, csl, split="test")
    assert study.scored_part("screen") == "val" and study.scored_part("confirm") == "test"


def test_a_run_has_a_folder_of_its_own(tmp_path: Path, csl: UnsplitDataset) -> None:
    study = Study.begin(tmp_path, csl)
    runs = [Run(name, v, seed) for name in ("screen", "confirm") for v in VARIANTS for seed in (0, 1, 10)]
    assert len({study.run_folder(run) for run in runs}) == len(runs)


class TestIdentity:
    """It is another one exactly where a run's numbers may be others."""

    @pytest.fixture
    def plugin(self, tmp_path: Path) -> Path:
        path = tmp_path / "mine.py"
        path.write_text('"""Encodings."""\n')
        return path

    @pytest.fixture
    def study(self, tmp_path: Path, csl: UnsplitDataset, plugin: Path) -> Study:
        return prepared(Study.begin(tmp_path / "study", csl, plugins=[str(plugin)]), csl)

    def test_of_a_variant(self, study: Study) -> None:
        before = study.identity(RUN), study.identity(replace(RUN, variant="none"))
        changes = {"mine": {"encodings": {"preset": "rwse"}}}
        variants = expanded(study, declared(variants=["none", "mine"], definitions=changes, baseline="none"))
        study.write_variants("confirm", [replace(variants[1], name="hkse")])
        assert study.identity(RUN) != before[0]
        assert study.identity(replace(RUN, variant="none")) == before[1]
        assert study.identity(replace(RUN, round="screen")) != study.identity(RUN)

    def test_of_a_variants_training(self, study: Study) -> None:
        before = study.identity(RUN)
        study.write_variants("confirm", expanded(study, declared(variants=VARIANTS, training={"epochs": 5})))
        assert study.identity(RUN) != before

    def test_of_a_division(self, study: Study, csl: UnsplitDataset) -> None:
        before = study.identity(RUN)
        study.write_division(RUN.seed, csl.divide(RUN.seed + 1))
        assert study.identity(RUN) != before

    def test_of_a_seed(self, study: Study, csl: UnsplitDataset) -> None:
        """With the same division, too."""
        study.write_division(RUN.seed + 1, csl.divide(RUN.seed))
        assert study.identity(replace(RUN, seed=RUN.seed + 1)) != study.identity(RUN)

    def test_of_the_scored_part(self, study: Study, csl: UnsplitDataset) -> None:
        other = Study.begin(study.folder, csl, split="val", plugins=study.settings.plugins)
        assert other.identity(RUN) != study.identity(RUN)
        assert other.identity(replace(RUN, round="screen")) == study.identity(replace(RUN, round="screen"))

    def test_of_a_plugins_content(self, study: Study, plugin: Path) -> None:
        before = study.identity(RUN)
        plugin.write_text('"""Other encodings."""\n')
        assert study.identity(RUN) != before

    def test_of_graphs(self, study: Study, csl: UnsplitDataset, plugin: Path, tmp_path: Path) -> None:
        """One target that is another one."""
        other = replace(csl, graphs=deepcopy(csl.graphs))
        other.graphs.fields["y"][7] += 1
        assert content_key(other.graphs) != content_key(csl.graphs)
        changed = prepared(Study.begin(tmp_path / "other", other, plugins=[str(plugin)]), other)
        assert changed.identity(RUN) != study.identity(RUN)

    def test_of_the_code(self, study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
        before = study.identity(RUN)
        monkeypatch.setattr("mspe.ablation.study._code_key", lambda: "another")
        assert study.identity(RUN) != before

    def test_of_nothing_else(self, study: Study, csl: UnsplitDataset, plugin: Path, tmp_path: Path) -> None:
        """Not of the folder's place, the device, other seeds, other variants, or what runs have left."""
        before = study.identity(RUN)
        other = Study.begin(tmp_path / "elsewhere", csl, device="cpu", plugins=[str(plugin)])
        assert prepared(other, csl).identity(RUN) == before
        study.write_division(RUN.seed + 1, csl.divide(8))
        study.write_variants("confirm", expanded(study, declared(variants=[*VARIANTS, "rwse"])))
        study.run_folder(RUN).mkdir(parents=True)
        (study.run_folder(RUN) / "result.json").write_text("{}")
        assert study.identity(RUN) == before


def test_further_operators_are_decomposed_once_and_change_the_identity_of_no_run(
    tmp_path: Path, csl: UnsplitDataset
) -> None:
    study = prepared(Study.begin(tmp_path, csl), csl)
    before = study.identity(RUN)
    study.add_operators(["normalized", "adjacency"])
    study.add_operators(["adjacency", "combinatorial"])
    kept = (tmp_path / "operators" / "adjacency.pt").stat()
    again = Study.begin(tmp_path, csl)
    again.add_operators(["combinatorial", "adjacency"])
    assert (tmp_path / "operators" / "adjacency.pt").stat() == kept and again.identity(RUN) == before
    assert again.graphs_with(["normalized"]).fields.keys() == study.graphs.fields.keys()
    expected = study.graphs.with_fields_of(compute_spectrum(csl.graphs, operators=["adjacency"]))
    assert_same(again.graphs_with(["adjacency"]), expected)
    with pytest.raises(MspeError, match="no such file"):
        again.graphs_with(["magnetic(0.25)"])


def test_a_further_operator_of_large_graphs_is_refused(tmp_path: Path, csl: UnsplitDataset) -> None:
    study = Study.begin(tmp_path, csl, backend="chebyshev")
    with pytest.raises(MspeError, match="eigenvectors of the operator adjacency, which are computed by backend dense"):
        study.add_operators(["adjacency"], "chebyshev")
