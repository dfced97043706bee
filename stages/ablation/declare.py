"""Parameters → every variant written out, refused here if it cannot be compared with the others."""

from mspe.ablation.config import load_ablation
from mspe.ablation.declarations import check_equal_size, declare, parameter_counts
from mspe.common.command import command
from mspe.common.files import atomic_directory
from mspe.config import read_yaml
from mspe.encodings.config import EncodingParams
from mspe.encodings.scales import median_spectral_range
from mspe.graphs import GraphSchema
from mspe.graphs.store import read_shards


def main() -> None:
    ablation = load_ablation()
    schema = GraphSchema.load("data/graphs/schema.json")
    spectral_range = median_spectral_range(read_shards("data/spectrum", "train"))

    def resolve(encodings: EncodingParams) -> dict:
        return encodings.resolve(schema.max_nodes, spectral_range)

    variants = declare(ablation, read_yaml("params.yaml"), resolve)
    counts = parameter_counts(variants, schema)
    check_equal_size(counts, ablation.baseline, ablation.parameter_tolerance)
    with atomic_directory("data/ablation/variants") as folder:
        for variant in variants:
            variant.save(folder / f"{variant.name}.json")
    print(f"{len(variants)} variants of {min(counts.values()):,} to {max(counts.values()):,} parameters")


if __name__ == "__main__":
    with command():
        main()
