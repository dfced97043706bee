"""Parameters → every variant written out, refused here if it cannot be compared with the others."""

from mspe.common.command import begin, command

if __name__ == "__main__":
    begin(__doc__)

from mspe.ablation.config import load_ablation
from mspe.ablation.declarations import check_equal_size, expand_variants, parameter_counts
from mspe.common.files import atomic_directory
from mspe.common.yaml_files import read_yaml
from mspe.encodings import GraphStatistics
from mspe.graphs import GraphSchema
from mspe.graphs.store import read_shards


def main() -> None:
    ablation = load_ablation()
    schema = GraphSchema.load("data/graphs/schema.json")
    statistics = GraphStatistics.of(read_shards("data/spectrum", "train"), schema.max_nodes)
    variants = expand_variants(ablation, read_yaml("params.yaml"), statistics, schema.settings)
    counts = parameter_counts(variants, schema)
    check_equal_size(counts, ablation.baseline, ablation.parameter_tolerance)
    with atomic_directory("data/ablation/variants") as folder:
        for variant in variants:
            variant.save(folder / f"{variant.name}.json")
    print(f"{len(variants)} variants of {min(counts.values()):,} to {max(counts.values()):,} parameters")


if __name__ == "__main__":
    with command():
        main()
