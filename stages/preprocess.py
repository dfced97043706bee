"""Raw data → packed graphs in three splits, and their schema."""

from mspe.common.command import begin, command

if __name__ == "__main__":
    begin(__doc__)

from mspe.common.cluster import spread
from mspe.common.files import atomic_directory
from mspe.common.pipeline_files import stage_dependencies
from mspe.common.resume import discard, hold, resume_folder
from mspe.config import load_params
from mspe.dataset import load_dataset
from mspe.graphs import write_splits


def main() -> None:
    params = load_params()
    kept = resume_folder(params.dataset.model_dump(mode="json"), stage_dependencies("preprocess"))
    with hold(kept / "molecules"):
        with spread(params.runtime.cluster, params.runtime.jobs):
            dataset = load_dataset(params.dataset, params.runtime.num_workers, kept)
        with atomic_directory("data/graphs") as folder:
            write_splits(folder, {"train": dataset.train, "val": dataset.val, "test": dataset.test})
            dataset.schema.save(folder / "schema.json")
        discard(kept)
    print(*dataset.summary, sep="\n")


if __name__ == "__main__":
    with command():
        main()
