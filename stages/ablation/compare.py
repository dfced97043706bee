"""Parameters → all variants trained over seeds, and which of them are better than the baseline."""

from mspe.common.command import begin, command

if __name__ == "__main__":
    begin(__doc__)

from pathlib import Path

from mspe.ablation.compare import compare_declared
from mspe.ablation.config import load_ablation
from mspe.ablation.page import write_page
from mspe.common.cluster import spread
from mspe.common.text_files import read_text
from mspe.common.yaml_files import read_yaml
from mspe.config import load_params
from mspe.dataset import read_unsplit

PARAMETERS = [Path("params.yaml"), Path("ablation/params.yaml")]


def main() -> None:
    params = load_params()
    with spread(params.runtime.cluster, params.runtime.jobs):
        comparison = compare_declared(
            read_unsplit(params.dataset, params.runtime.num_workers),
            load_ablation(),
            read_yaml("params.yaml"),
            folder="data/ablation/study",
            jobs=params.runtime.jobs,
            device=params.runtime.device,
            plugins=params.encodings.plugins,
            split=params.evaluation.split,
            replace=True,
        )
    comparison.save("metrics/ablation.json")
    comparison.save("metrics/ablation.csv")
    parameters = "\n".join(f"# {path}\n{read_text(path, 'run from the top folder')}" for path in PARAMETERS)
    write_page("metrics/ablation.html", comparison.report, params_text=parameters)
    print(comparison)


if __name__ == "__main__":
    with command():
        main()
