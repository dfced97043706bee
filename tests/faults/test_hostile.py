"""Files that were made to run code, to claim more than they hold, or to have no end: refused in one line."""

import collections
import copyreg
import functools
import gzip
import io
import operator
import os
import pickle
import resource
import runpy
import shutil
import struct
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import yaml
from dvc.exceptions import DvcException
from dvc.repo import Repo
from scipy.sparse import csr_matrix
from torch_geometric.data import Data

from mspe.common.errors import MspeError
from mspe.common.safe_pickle import read_pickle
from mspe.dataset import get_dataset
from mspe.dataset.own.molecule_table import read_molecule_table
from mspe.pipeline.prediction import read_samples
from tests.conftest import ROOT

GIGABYTE = 2**30


class Call:
    """Unpickles as what a call returns."""

    def __init__(self, function: Callable[..., Any], *arguments: Any) -> None:
        self.call = function, arguments

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return self.call


class Quack:
    """A class of the user's own, whose state is set by a method."""

    def __setstate__(self, state: dict[str, Any]) -> None:
        Path(state["canary"]).touch()


@pytest.fixture(autouse=True)
def no_other_data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("MSPE_DATA", raising=False)
    monkeypatch.setenv("PYG_HOME", str(tmp_path / "home"))


@pytest.fixture
def canary(tmp_path: Path) -> Iterator[Path]:
    """What the hostile files make, when they run."""
    path = tmp_path / "canary"
    yield path
    assert not path.exists()


def payloads(canary: Path) -> dict[str, bytes]:
    """Pickles that make the canary, each in another way."""
    touch = f"touch {canary}"
    python = f"open({str(canary)!r}, 'w')"
    system = Call(os.system, touch)
    inner = io.BytesIO()
    torch.save({"a": Call(os.system, touch)}, inner, _use_new_zipfile_serialization=False)
    objects = np.empty(1, dtype=object)
    objects[0] = system
    dumped = {
        "os.system": system,
        "eval": Call(eval, python),
        "exec": Call(exec, python),
        "import": Call(__import__, "antigravity"),
        "getattr": Call(getattr, Call(__import__, "os"), "system"),
        "partial": Call(functools.partial, os.system, touch),
        "operator": Call(operator.methodcaller("touch"), canary),
        "subprocess": Call(subprocess.call, ["touch", str(canary)]),
        "copyreg": Call(copyreg._reconstructor, Quack, object, None),  # type: ignore[attr-defined]
        "open": Call(open, str(canary), "w"),
        "numpy.load": Call(np.load, str(canary)),
        "torch.load": Call(torch.load, str(canary)),
        "in a list": [1, [system]],
        "in a dictionary": {"x": np.ones(2), "y": {"z": system}},
        "as a key": {(1, system): 2},
        "in an ordered dictionary": collections.OrderedDict(a=system),
        "in an array of objects": objects,
        "a class": csr_matrix,
        "in a tensor's file": Call(torch.storage._load_from_bytes, inner.getvalue()),
        "a factory": collections.defaultdict(functools.partial(os.system, touch)),
        "a builder as a value": collections.OrderedDict,
        "state of a class": Quack(),
    }
    by_hand = {
        "old global": b"cposix\nsystem\n(S'" + touch.encode() + b"'\ntR.",
        "instance": b"(S'" + touch.encode() + b"'\nios\nsystem\n.",
        "object": b"(cos\nsystem\nS'" + touch.encode() + b"'\no.",
        "dotted name": b"\x80\x04\x8c\x08builtins\x94\x8c\x0dlist.__class__\x94\x93.",
        "dotted module": b"\x80\x04\x8c\x05numpy\x94\x8c\x0elib.npyio.load\x94\x93.",
        "name from the memo": b"\x80\x04\x8c\x06system\x94\x8c\x02os\x94h\x00h\x01h\x00\x93\x8c\x01x\x85R.",
        "extension": b"\x80\x02\x82\x01.",
        "persistent": b"Pos\n.",
        "state of a builder": b"\x80\x02ccollections\nOrderedDict\n}X\x03\x00\x00\x00popK\x01sb.",
        "scalar of objects": b"\x80\x02cnumpy.core.multiarray\nscalar\ncnumpy\ndtype\n"
        b"X\x02\x00\x00\x00O8K\x00K\x01\x87RC\x08aaaaaaaa\x86R.",
    }
    return {**{name: pickle.dumps(value) for name, value in dumped.items()}, **by_hand}


def claims() -> dict[str, bytes]:
    """Pickles that claim far more than they hold."""
    many: Any = [0] * 1000
    for _ in range(12):
        many = [many] * 1000
    loop: list[Any] = []
    loop.append(loop)
    wide = csr_matrix(np.eye(3))
    wide._shape = (10**7, 10**7)
    astray = csr_matrix(np.eye(3))
    astray.indices = astray.indices + 10**6
    astray.indptr = astray.indptr * 10**6
    tensor = pickle.dumps(torch.zeros(4))
    return {
        "laughs": pickle.dumps(many),
        "itself": pickle.dumps(loop),
        "wide matrix": pickle.dumps(wide),
        "indices out of range": pickle.dumps(astray),
        "text": b"\x80\x04\x8d" + struct.pack("<Q", 2**60) + b"a.",
        "bytes": b"\x80\x04\x8e" + struct.pack("<Q", 2**60) + b"a.",
        "integer": b"\x80\x02\x8b\xff\xff\xff\x7f\x01.",
        "digits": b"I" + b"9" * 10_000 + b"\n.",
        "array": pickle.dumps(np.zeros(4)).replace(b"K\x04\x85", b"J\xff\xff\xff\x7f\x85"),
        "empty array": b"\x80\x02cnumpy.core.multiarray\n_reconstruct\n"
        b"cnumpy\nndarray\n(J\xff\xff\xff\x7ftU\x01b\x87R.",
        "tensor": tensor.replace(b"K\x04\x85", b"J\xff\xff\xff\x7f\x85"),
        "expanded tensor": pickle.dumps(torch.zeros(1).expand(10**8)),
        "deep": b"(" * 10**5 + b"t" * 10**5 + b".",
        **{
            f"deep {name}": b"\x80\x02" + start * 50_000 + b"N" + end * 50_000 + b"."
            for name, start, end in (("tuple", b"", b"\x85"), ("list", b"]", b"a"), ("dictionary", b"}N", b"s"))
        },
        "deep key": b"\x80\x02}N" + b"\x85" * 3 * 10**5 + b"Ns.",
        "deep item": b"\x80\x04\x8f(N" + b"\x85" * 3 * 10**5 + b"\x90.",
        "deep item of a call": b"\x80\x02c__builtin__\nset\n]N" + b"\x85" * 3 * 10**5 + b"a\x85R.",
        "deep name of a dtype": b"\x80\x02cnumpy\ndtype\nN" + b"\x85" * 900 + b"\x85R.",
        "keys of one hash": pickle.dumps({number * (2**61 - 1): None for number in range(1, 300)}),
        "places of one hash": b"".join(b"Np%d\n0" % (number * (2**61 - 1)) for number in range(300)) + b"N.",
        "storages over and over": b"\x80\x03ctorch.storage\n_load_from_bytes\nB"
        + struct.pack("<I", 76_000)
        + b"(X\x07\0\0\0storageq\0ctorch\n".ljust(38, b"a") * 2000
        + b"\x85R.",
        "byte array": b"\x80\x05\x96" + struct.pack("<Q", 3 * GIGABYTE) + b".",
        **repeated(),
    }


def repeated() -> dict[str, bytes]:
    """Pickles that have one large value taken again and again."""
    text = b"X" + struct.pack("<I", 100_000) + b"a" * 100_000 + b"q\x01"
    items = b"](" + b"K\x00" * 100_000 + b"eq\x01"
    return {
        f"a {name} again and again": b"\x80\x02" + value + start + b"(" + call * 20_000 + b"l."
        for name, value, start, call in (
            ("list", items, b"c__builtin__\nlist\nq\x02", b"h\x02h\x01\x85R"),
            ("text", text + b"X\6\0\0\0latin1q\x03", b"c_codecs\nencode\nq\x02", b"h\x02h\x01h\x03\x86R"),
            (
                "buffer",
                text.replace(b"X", b"B", 1) + b"cnumpy\ndtype\nX\2\0\0\0u1\x85Rq\x03J\xa0\x86\1\0\x85q\4",
                b"cnumpy.core.numeric\n_frombuffer\nq\x02",
                b"h\x02(h\x01h\x03h\x04tR",
            ),
        )
    }


PAYLOADS = sorted(payloads(Path("canary")))
CLAIMS = sorted(claims())


def refused(read: Callable[[], Any], *parts: str) -> str:
    """The one line that refuses what is read, in bounded time and memory; it advises no unsafe way."""
    before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    with pytest.raises(MspeError) as raised:
        read()
    message = str(raised.value)
    assert "\n" not in message and len(message) < 1000
    assert "weights_only=False" not in message
    for part in parts:
        assert part in message
    assert time.monotonic() - start < 30
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024 < GIGABYTE
    return message


@pytest.mark.parametrize("name", PAYLOADS)
def test_no_pickle_runs_what_it_says(name: str, tmp_path: Path, canary: Path) -> None:
    path = tmp_path / "train.pickle"
    path.write_bytes(payloads(canary)[name])
    refused(lambda: read_pickle(path), str(path))


@pytest.mark.parametrize("name", CLAIMS)
def test_no_pickle_claims_more_than_it_holds(name: str, tmp_path: Path) -> None:
    path = tmp_path / "train.pickle"
    path.write_bytes(claims()[name])
    refused(lambda: read_pickle(path), str(path))


@pytest.mark.parametrize(
    "content", [b"\x80\x02K\x01r\xff\xff\xff\x7f.", b"\x80\x04\x95" + struct.pack("<Q", 2**60) + b"K\x01."]
)
def test_a_place_in_the_memo_or_the_length_of_a_frame_takes_no_memory(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "train.pickle").write_bytes(content)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert read_pickle(tmp_path / "train.pickle") == 1
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024 < GIGABYTE


SOURCES = {
    "zinc": ("ZINC/raw", "val.pickle", ["train.pickle", "test.pickle", "train.index", "val.index", "test.index"]),
    "cora": (
        "Planetoid/Cora/raw",
        "ind.cora.graph",
        [f"ind.cora.{part}" for part in ("x", "tx", "allx", "y", "ty", "ally", "test.index")],
    ),
    "peptides-func": ("LRGBDataset/peptides-func/raw", "val.pt", ["train.pt", "test.pt"]),
    "pattern": ("GNNBenchmarkDataset/PATTERN/raw", "PATTERN_v2.pt", []),
}


def raw_folder(root: Path, name: str) -> tuple[Path, Path]:
    """Raw files of a source, of no meaning; the folder, and the file to replace."""
    folder, file, others = SOURCES[name]
    (root / folder).mkdir(parents=True)
    for other in others:
        path = root / folder / other
        if path.suffix == ".pt":
            torch.save([], path)
        else:
            path.write_bytes(b"0\n" if path.suffix == ".index" else pickle.dumps([]))
    return root / folder, root / folder / file


@pytest.mark.parametrize("name", SOURCES)
def test_no_benchmarks_raw_file_runs_what_it_says(name: str, tmp_path: Path, canary: Path) -> None:
    _, path = raw_folder(tmp_path, name)
    hostile = Call(os.system, f"touch {canary}")
    if path.suffix == ".pt":
        torch.save([hostile], path)
    else:
        path.write_bytes(pickle.dumps(hostile))
    refused(lambda: get_dataset(name, root=tmp_path), str(path), "run code")


@pytest.mark.parametrize("name", SOURCES)
def test_a_raw_file_that_is_a_pipe_is_not_waited_for(name: str, tmp_path: Path) -> None:
    _, path = raw_folder(tmp_path, name)
    os.mkfifo(path)
    refused(lambda: get_dataset(name, root=tmp_path), str(path), "not a regular file")


@pytest.mark.parametrize(
    ("name", "folder", "file", "row"),
    [
        ("mutag", "TUDataset/MUTAG", "MUTAG_node_labels.txt", "500000"),
        ("mutag", "TUDataset/MUTAG", "MUTAG_edge_labels.txt", "-500000"),
        ("mutag", "TUDataset/MUTAG", "MUTAG_graph_indicator.txt", "100000000"),
        ("mutag", "TUDataset/MUTAG", "MUTAG_A.txt", "1, 1e18"),
        ("mutag", "TUDataset/MUTAG", "MUTAG_A.txt", "0, 1"),
        ("citeseer", "Planetoid/CiteSeer", "ind.citeseer.test.index", "20000000"),
        ("cora", "Planetoid/Cora", "ind.cora.test.index", "-1"),
    ],
)
def test_no_raw_text_names_more_than_there_is(
    name: str, folder: str, file: str, row: str, shared_data: Path, tmp_path: Path
) -> None:
    shutil.copytree(shared_data / folder / "raw", tmp_path / folder / "raw", copy_function=shutil.copyfile)
    path = tmp_path / folder / "raw" / file
    with path.open("a") as text:
        text.write(f"{row}\n")
    refused(lambda: get_dataset(name, root=tmp_path), str(path), f"line {len(path.read_text().splitlines())}:")
    if path.suffix == ".index":
        path.write_text(path.read_text()[:-2])
        refused(lambda: get_dataset(name, root=tmp_path), str(path), "cut off")
    path.unlink()
    os.mkfifo(path)
    refused(lambda: get_dataset(name, root=tmp_path), str(path), "not a regular file")


def test_no_published_split_is_cut_short_in_silence(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    raw = tmp_path / "ZINC" / "raw"
    raw.mkdir(parents=True)
    bonds = torch.tensor([[0, 1], [1, 0]], dtype=torch.uint8)
    graphs = [
        {"atom_type": torch.tensor([0, 1]), "bond_type": bonds, "logP_SA_cycle_normalized": torch.tensor([target])}
        for target in (0.5, 1.5)
    ]
    for split in ("train", "val", "test"):
        (raw / f"{split}.pickle").write_bytes(pickle.dumps(graphs))
        (raw / f"{split}.index").write_text("0,1,1")
    refused(lambda: get_dataset("zinc", root=tmp_path), str(raw), "cut off")
    for split in ("train", "val", "test"):
        (raw / f"{split}.index").write_text("0,1\n")
    get_dataset("zinc", root=tmp_path)
    assert "ZINC: got (2, 2, 2) graphs of train, val, test, published: (10000, 1000, 1000)" in caplog.text


@pytest.mark.parametrize("cached", [False, True])
def test_what_pyg_has_processed_is_never_read_back(cached: bool, tmp_path: Path, canary: Path) -> None:
    """PyG runs what stands in its processed files, beside given raw files and in the user's cache."""
    root = tmp_path / "home" / "mspe" if cached else tmp_path
    raw, path = raw_folder(root, "zinc")
    path.write_bytes(pickle.dumps([]))
    (raw.parent / "subset" / "processed").mkdir(parents=True)
    for file in ("train", "val", "test", "pre_transform", "pre_filter"):
        torch.save(Call(os.system, f"touch {canary}"), raw.parent / "subset" / "processed" / f"{file}.pt")
    refused(lambda: get_dataset("zinc", root=tmp_path), "raw files")


def table(path: Path, content: bytes) -> Path:
    path.write_bytes(gzip.compress(content, 9))
    return path


@pytest.mark.parametrize("name", ["m.csv.gz", "m.tsv.gz", "m.smi.gz", "m.sdf.gz", "m.csv"])
def test_a_table_that_unpacks_to_far_more_than_its_size_is_refused(name: str, tmp_path: Path) -> None:
    path = table(tmp_path / name, b"C" * 2**27)
    refused(lambda: read_samples(path), str(path), "unpack to", "200 times")
    path.write_bytes(path.read_bytes() * 3)  # members, one after another, are one table
    refused(lambda: read_samples(path), str(path), "unpack to", "200 times")


def test_a_table_that_packs_well_is_read(tmp_path: Path) -> None:
    path = table(tmp_path / "m.csv.gz", b"smiles,n\n" + b"CCO,0\n" * 10_000)
    path.write_bytes(path.read_bytes() + gzip.compress(b"CCC,1\n"))
    assert len(read_molecule_table(path).rows) == 10_001


@pytest.mark.parametrize("damage", ["cut off", "checksum", "length", "garbage after it", "no gzip"])
def test_a_damaged_gzip_file_is_one_line(damage: str, tmp_path: Path) -> None:
    whole = gzip.compress(b"smiles,n\nCCO,0\n")
    content = {
        "cut off": whole[:-9],
        "checksum": whole[:-8] + b"abcd" + whole[-4:],
        "length": whole[:-4] + b"abcd",
        "garbage after it": whole + b"garbage",
        "no gzip": b"smiles,n\nCCO,0\n",
    }[damage]
    (tmp_path / "m.csv.gz").write_bytes(content)
    refused(lambda: read_samples(tmp_path / "m.csv.gz"), str(tmp_path / "m.csv.gz"), "not a whole gzip file")


def tensors(path: Path, graph: Data, compression: int = zipfile.ZIP_STORED) -> Path:
    """A file that `torch.save` wrote, packed anew."""
    saved = io.BytesIO()
    torch.save([graph], saved)
    with zipfile.ZipFile(saved) as source, zipfile.ZipFile(path, "w", compression) as target:
        for entry in source.infolist():
            target.writestr(entry.filename, source.read(entry))
    return path


EDGES = torch.tensor([[0, 1], [1, 0]])


@pytest.mark.parametrize("read", [read_samples, lambda path: get_dataset("graphs", path=str(path.parent))])
def test_a_file_of_tensors_that_unpacks_to_far_more_is_refused(read: Callable[[Path], Any], tmp_path: Path) -> None:
    path = tensors(tmp_path / "g.pt", Data(edge_index=EDGES, x=torch.zeros(2**25, 1)), zipfile.ZIP_DEFLATED)
    refused(lambda: read(path), str(path), "unpack to")


@pytest.mark.parametrize("read", [read_samples, lambda path: get_dataset("graphs", path=str(path.parent))])
def test_no_users_file_of_tensors_runs_what_it_says(read: Callable[[Path], Any], tmp_path: Path, canary: Path) -> None:
    path = tmp_path / "g.pt"
    torch.save([Data(edge_index=EDGES, x=torch.ones(2, 1), note=Call(os.system, f"touch {canary}"))], path)
    with pytest.raises(MspeError, match="may run code"):
        read(path)


LARGE = {
    "nodes": {"num_nodes": 10**15},
    "node index": {"edge_index": torch.tensor([[0], [10**12]])},
    "negative index": {"edge_index": torch.tensor([[0], [-(10**12)]])},
    "features that are a view": {"x": torch.zeros(1, 1).expand(10**12, 1)},
    "edges that are a view": {"edge_index": torch.zeros(2, 1, dtype=torch.long).expand(2, 10**12)},
    "sparse features": {"x": torch.zeros(1, 1).to_sparse().sparse_resize_((10**9, 10**9), 2, 0)},
}


@pytest.mark.parametrize("name", LARGE)
def test_no_graph_claims_more_than_its_file_holds(name: str, tmp_path: Path) -> None:
    torch.save([Data(**{"edge_index": EDGES, **LARGE[name]})], tmp_path / "g.pt")
    (sample,) = read_samples(tmp_path / "g.pt")
    assert sample.graph is None and sample.reason
    refused(lambda: get_dataset("graphs", path=str(tmp_path)), str(tmp_path))


def test_no_file_claims_more_graphs_than_it_holds(tmp_path: Path) -> None:
    starts = torch.tensor([0]).expand(10**9)
    torch.save(({"edge_index": EDGES, "x": torch.ones(2, 1)}, {"edge_index": starts, "x": starts}), tmp_path / "g.pt")
    refused(lambda: read_samples(tmp_path / "g.pt"), str(tmp_path / "g.pt"))


@pytest.mark.parametrize("name", ["m.csv", "m.csv.gz", "m.smi", "m.sdf", "g.pt"])
@pytest.mark.parametrize("kind", ["pipe", "endless", "folder"])
def test_what_is_no_regular_file_is_not_waited_for(name: str, kind: str, tmp_path: Path) -> None:
    path = tmp_path / name
    {"pipe": lambda: os.mkfifo(path), "endless": lambda: path.symlink_to("/dev/zero"), "folder": path.mkdir}[kind]()
    refused(lambda: read_samples(path), str(path), "not a regular file")


@pytest.mark.parametrize("name", ["edges.csv", "nodes.csv", "graphs.csv"])
def test_no_table_of_graphs_is_a_pipe(name: str, tmp_path: Path) -> None:
    (tmp_path / "edges.csv").write_text("graph,source,target\n0,a,b\n")
    (tmp_path / name).unlink(missing_ok=True)
    os.mkfifo(tmp_path / name)
    refused(lambda: get_dataset("graphs", path=str(tmp_path)), str(tmp_path))


def test_very_many_columns_are_not_all_named(tmp_path: Path) -> None:
    columns = ",".join(f"c{number}" for number in range(10**5))
    (tmp_path / "m.csv").write_text(f"{columns}\n{columns}\n")
    refused(lambda: read_samples(tmp_path / "m.csv"), str(tmp_path / "m.csv"), "and 99950 more")


EVIL = [
    "0; touch pwned", "$(touch pwned)", "`touch pwned`", "0'; touch pwned; '", '0"; touch pwned; "', "0\ntouch pwned",
    "0'\ntouch pwned\n'", "| touch pwned", "../../x", "a b", "\\'; touch pwned; \\'", ["0; touch pwned"],
    {"a; touch pwned": 1}, {"a": "$(touch pwned)"},
]  # fmt: skip


def test_no_seed_and_no_name_runs_in_dvcs_shell(tmp_path: Path) -> None:
    """DVC makes a stage's command of what stands in the file, before the stage `validate` can refuse it."""
    Repo.init(str(tmp_path), no_scm=True)
    (tmp_path / "ablation").mkdir()
    for name in ("dvc.yaml", "ablation/dvc.yaml"):
        shutil.copy(ROOT / name, tmp_path / name)
    params = yaml.safe_load((ROOT / "params.yaml").read_text())
    for evil in EVIL:
        bad = {"seeds": [evil], "encodings": {**params["encodings"], "plugins": [evil]}, "variants": [evil]}
        for name in ("params.yaml", "ablation/params.yaml"):
            (tmp_path / name).write_text(yaml.safe_dump({**params, **bad}))
        for name in ("dvc.yaml", "ablation/dvc.yaml"):
            run_as_dvc_does(tmp_path, name)
    assert not list(tmp_path.rglob("pwned"))


def run_as_dvc_does(folder: Path, pipeline: str) -> None:
    """Run the commands of the matrix stages in a shell, line by line up to one that fails, with `true` for Python."""
    try:
        stages = Repo(str(folder)).stage.load_file(str(folder / pipeline))
    except DvcException:  # DVC itself refuses the value
        return
    for stage in stages:
        for line in stage.cmd.splitlines():
            if subprocess.run(["/bin/sh", "-c", line.replace("python", "true", 1)], cwd=folder, check=False).returncode:
                break


@pytest.mark.parametrize("path", ["../../examples/victim.txt", "examples/../../../victim.py", "/../victim.py"])
@pytest.mark.parametrize("stage", ["plugin", "file"])
def test_no_plugins_copy_and_no_checksum_lies_outside_its_folder(
    stage: str, path: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """DVC runs one stage by its name alone, before or without `validate`."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", [stage, "--file", path])
    with pytest.raises(SystemExit) as ended:
        runpy.run_module(f"stages.{stage}", run_name="__main__")
    assert str(ended.value.code).startswith(f"error: --file: got {path}, allowed: files inside the project's folder")
    assert not list(tmp_path.iterdir())
