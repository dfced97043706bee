"""Graphs → the spectra of further operators, where encodings read any: each once, kept while it is needed."""

from mspe.common.command import begin, command

if __name__ == "__main__":
    begin(__doc__)

from pathlib import Path

from mspe.common.cluster import spread
from mspe.common.files import remove_directory
from mspe.common.json_files import read_json, write_json
from mspe.common.pipeline_files import stage_dependencies
from mspe.config import load_params
from mspe.encodings.spectrum import compute_spectrum, operator_slug, refuse_large
from mspe.encodings.stream import map_shards_once
from mspe.graphs import SPLITS, PackedGraphs
from mspe.graphs.content_key import with_structure_keys
from mspe.graphs.store import read_shards

GRAPHS, LIST, OPERATORS = "data/graphs", Path("data/operators.json"), Path("data/operators")


def decompose_each(operator: str, inputs: list[Path]) -> None:
    def decompose(graphs: PackedGraphs, name: Path) -> PackedGraphs:
        return with_structure_keys(compute_spectrum(graphs, operators=(operator,)), graphs)

    map_shards_once(GRAPHS, OPERATORS / operator_slug(operator), decompose, {"operator": operator}, inputs)


def main() -> None:
    params, operators = load_params(), read_json(LIST)["operators"]
    sizes = {size for split in SPLITS for graphs in read_shards(GRAPHS, split) for size in graphs.num_nodes.tolist()}
    refuse_large(sizes, params.encodings.backend, operators)
    inputs = [path for path in stage_dependencies("operators") if path != LIST]  # another operator changes none
    for folder in OPERATORS.glob("*/"):
        if folder.name not in map(operator_slug, operators):
            remove_directory(folder)
    with spread(params.runtime.cluster, params.runtime.jobs):
        for operator in operators:
            decompose_each(operator, inputs)
    write_json(OPERATORS / "index.json", {"operators": operators})


if __name__ == "__main__":
    with command():
        main()
