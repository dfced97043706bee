"""Encodings from a user's own file: one file each, from `params.yaml` to a model, and a checkpoint that needs one."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import networkx as nx
import pytest
import torch
import yaml
from torch_geometric.data import Data
from torch_geometric.utils import to_networkx

from mspe.common.errors import MspeError
from mspe.common.plugins import load_plugins
from mspe.config import load_params
from mspe.encodings import ENCODINGS, BankConfig, EncodingSet, GraphStatistics, ScaleFilter, compute_spectrum
from mspe.graphs import PackedGraphs
from mspe.models import get_model
from tests.conftest import AWKWARD, ROOT, complete, cycle
from tests.documentation import example
from tests.encodings.fixtures import encode

LOW_PASS = example("class LowPass")
TRIANGLES = """
import torch
from mspe.encodings import Encoding, register


@register
class Triangles(Encoding):
    name = "triangles"
    needs = frozenset({"edges"})

    @property
    def node_channels(self):
        return ["triangles"]

    def node(self, graphs):
        adjacent = graphs.adjacency * (1 - torch.eye(graphs.adjacency.size(1)))
        return graphs.layout.flatten((adjacent @ adjacent * adjacent).sum(dim=2, keepdim=True) / 2)
"""
COMMON = """
from mspe.common.section import PositiveInt, Section
from mspe.encodings import Encoding, register


@register
class CommonNeighbours(Encoding):
    name = "common_neighbours"
    needs = frozenset({"edges"})

    class Params(Section):
        most: PositiveInt

    @property
    def pair_channels(self):
        return ["common"]

    def pair(self, graphs):
        return (graphs.adjacency @ graphs.adjacency).clamp(max=self.params.most)[..., None]
"""
SHIFT = """
from mspe.common.section import NonNegativeInt, Section
from mspe.encodings import Encoding, register


@register
class Shift(Encoding):
    name = "shift"
    needs = frozenset({"spectrum"})

    class Params(Section):
        by: NonNegativeInt = 2

    @property
    def node_channels(self):
        return [f"shift({self.params.by})"]

    def node(self, graphs):
        return graphs.sqrt_degree[:, None] + self.params.by
"""
STATISTICS = GraphStatistics(max_nodes=9, largest_eigenvalue=1.5, spectral_gap=0.5)


@pytest.fixture(autouse=True)
def forget() -> Iterator[None]:
    """What a test registers is gone after it."""
    before, modules = dict(ENCODINGS._entries), set(sys.modules)
    yield
    ENCODINGS._entries = before
    for name in set(sys.modules) - modules:
        if name.startswith("mspe_plugin_"):
            del sys.modules[name]


def write(folder: Path, code: str, **encodings: object) -> Path:
    """The project's parameters with a plug-in of this code."""
    plugin = folder / "my_encodings.py"
    plugin.write_text(code)
    params = yaml.safe_load((ROOT / "params.yaml").read_text())
    params["encodings"] |= {"plugins": [str(plugin)], **encodings}
    (folder / "params.yaml").write_text(yaml.safe_dump(params))
    return folder / "params.yaml"


def resolve(path: Path) -> BankConfig:
    return load_params(path).encodings.resolve(STATISTICS)


def check_in_a_model(bank: EncodingSet) -> None:
    """What is stored and what is computed in the batch agree, and gradients reach every parameter."""
    packed = PackedGraphs.from_list(list(AWKWARD.values()))
    spectrum = compute_spectrum(packed)
    stored = packed.with_fields_of(spectrum).with_fields_of(bank.encode_nodes(spectrum, lambda: packed))
    options = {"hidden_dim": 16, "num_layers": 2, "heads": 2, "node_dim": 6}
    model = get_model("graph_transformer", num_features=0, num_classes=1, bank=bank.config(), **options)
    model(stored.collate(range(len(packed)))).square().sum().backward()
    assert all(p.grad is not None and p.grad.isfinite().all() for p in model.parameters())
    model.eval()
    whole = range(len(packed))
    torch.testing.assert_close(model(packed.collate(whole)), model(stored.collate(whole)), atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("trainable", [False, True])
@pytest.mark.parametrize("cuts", ["auto", [0.6, 2.0]])
def test_the_readmes_filter_works_from_a_users_file(tmp_path: Path, trainable: bool, cuts: object) -> None:
    bank = resolve(write(tmp_path, LOW_PASS, filters={"low_pass": {"cuts": cuts}}, trainable=trainable))
    assert bank.filters == {"low_pass": {"cuts": [0.5, 1.0, 1.5] if cuts == "auto" else cuts}}
    encodings = EncodingSet.from_config(bank)
    assert encodings.node_channels[-1] == ("low_pass(1.5)" if cuts == "auto" else "low_pass(2)")
    assert [encoding.stored for encoding in encodings] == [True]
    check_in_a_model(encodings)
    if cuts != "auto":
        node, pair = encode(encodings, cycle(6))
        torch.testing.assert_close(pair[..., 1], torch.eye(6).double())  # everything passes
        torch.testing.assert_close(node[:, 0], torch.full((6,), 0.5).double())  # λ = 0, ½, ½ of six


def test_a_scale_out_of_the_filters_range_is_named_by_its_whole_path(tmp_path: Path) -> None:
    path = write(tmp_path, LOW_PASS, filters={"low_pass": {"cuts": [0.5, 3.0]}})
    with pytest.raises(MspeError, match=r"encodings.filters.low_pass.cuts.1: got 3.0, input should be less than or"):
        load_params(path)


def test_an_encoding_of_edges_works_from_a_users_file(tmp_path: Path, awkward: Data) -> None:
    bank = EncodingSet.from_config(resolve(write(tmp_path, TRIANGLES, triangles=True, filters={})))
    assert bank.node_channels == ["triangles"] and bank.pair_channels == []
    packed = PackedGraphs.from_list([awkward, complete(5)])
    encoding = bank.encode_nodes(compute_spectrum(packed), lambda: packed).fields["node_encoding"].flatten()
    networks = [to_networkx(data, to_undirected=True, remove_self_loops=True) for data in (awkward, complete(5))]
    assert encoding.tolist() == [count for network in networks for count in nx.triangles(network).values()]
    check_in_a_model(bank)


def test_a_pair_encoding_works_from_a_users_file(tmp_path: Path) -> None:
    bank = EncodingSet.from_config(resolve(write(tmp_path, COMMON, common_neighbours=2, filters={})))
    assert bank.pair_channels == ["common"] and bank.config().others["common_neighbours"] == 2
    _, pair = encode(bank, complete(5))
    assert pair[0, 1].item() == 2 and pair[0, 0].item() == 2  # 3 and 4, at most 2
    check_in_a_model(bank)


@pytest.mark.parametrize(
    ("value", "channels", "written"),
    [
        (True, ["shift(2)"], 2),
        (3, ["shift(3)"], 3),
        ({"by": 0}, ["shift(0)"], {"by": 0}),  # 0 alone would be off
        (0, [], None),
        (False, [], None),
    ],
)
def test_what_stands_under_a_key_survives_the_bank(
    tmp_path: Path, value: object, channels: list[str], written: object
) -> None:
    bank = EncodingSet.from_config(resolve(write(tmp_path, SHIFT, shift=value, filters={}))).config()
    assert bank.others.get("shift") == written
    assert EncodingSet.from_config(bank.model_dump()).node_channels == channels


@pytest.mark.parametrize(("code", "key"), [(TRIANGLES, "triangles"), (COMMON, "common_neighbours")])
def test_what_an_encoding_reads_without_declaring_it_is_refused_by_its_name(
    tmp_path: Path, code: str, key: str
) -> None:
    undeclared = code.replace('    needs = frozenset({"edges"})\n', "")
    bank = EncodingSet.from_config(
        resolve(write(tmp_path, undeclared, filters={}, **{key: 2 if code == COMMON else True}))
    )
    with pytest.raises(MspeError, match=f"encoding {key}: reads the edges of graphs, .*; add 'edges' to `needs`"):
        check_in_a_model(bank)


def test_a_plug_in_outside_the_project_is_refused_since_no_stage_would_notice_its_changes(tmp_path: Path) -> None:
    path = write(tmp_path, SHIFT, plugins=["../my_encodings.py"])
    with pytest.raises(MspeError, match=r"encodings.plugins: got .*, allowed: files inside the project's folder"):
        load_params(path)


def test_without_its_plug_in_a_key_and_a_bank_are_refused_in_a_line(tmp_path: Path) -> None:
    bank = EncodingSet.from_config(resolve(write(tmp_path, COMMON, common_neighbours=2))).config().model_dump()
    script = f"""
from mspe.encodings import EncodingSet
try:
    EncodingSet.from_config({bank})
except ValueError as error:
    print(error)
"""
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, check=True)
    assert result.stdout.startswith("unknown encoding 'common_neighbours'; known: biharmonic, ")
    assert "list it under encodings.plugins, give --plugin FILE, or import it" in result.stdout
    assert result.stdout.count("\n") == 1
    params = yaml.safe_load((tmp_path / "params.yaml").read_text())
    params["encodings"] |= {"plugins": [], "no_such": 1}
    (tmp_path / "params.yaml").write_text(yaml.safe_dump(params))
    with pytest.raises(MspeError, match=r"encodings.no_such: unknown key; known here: backend, .*eigenvectors"):
        load_params(tmp_path / "params.yaml")


def test_a_bank_of_the_library_alone_is_the_same_with_a_plug_in_loaded(tmp_path: Path) -> None:
    before = EncodingSet.from_config({"filters": {"walk": {"steps": [1]}}}).config().model_dump_json()
    load_params(write(tmp_path, TRIANGLES))
    assert EncodingSet.from_config({"filters": {"walk": {"steps": [1]}}}).config().model_dump_json() == before


def test_a_trained_filter_without_a_gradient_is_refused() -> None:
    class Step(ScaleFilter):
        name = "step"
        Params = ENCODINGS["heat"].Params

        def evaluate(self, eigenvalues: torch.Tensor, scales: torch.Tensor) -> torch.Tensor:
            return (eigenvalues <= scales).to(eigenvalues.dtype)

    EncodingSet([Step([0.5])])
    with pytest.raises(MspeError, match=r"encoding step: cannot be trained.*no gradient in unconstrained; declare can"):
        EncodingSet([Step([0.5], trainable=True)])


@pytest.mark.parametrize("filters", [{"heat": {"times": [2000.0]}}, {"wavelet": {"times": [2000.0]}}])
def test_the_longest_times_can_be_trained(filters: dict) -> None:
    assert not EncodingSet.from_config({"filters": filters, "trainable": True}).stored


def test_a_name_that_is_taken_is_a_line_with_both_files(tmp_path: Path) -> None:
    (tmp_path / "my_encodings.py").write_text(LOW_PASS.replace("low_pass", "heat"))
    for _ in range(2):  # the second attempt too
        with pytest.raises(MspeError, match=r"'heat' is defined in .*heat.py and again in .*my_encodings.py"):
            load_plugins([tmp_path / "my_encodings.py"])
