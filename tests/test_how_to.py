"""What docs/how_to/several_machines.md says, with the files of examples/cluster: SLURM's jobs."""

import re
import subprocess

import dask
import yaml
from dask_jobqueue import SLURMCluster

from tests.conftest import ROOT
from tests.documentation import PAGES

PAGE = PAGES["docs/how_to/several_machines.md"]
EXAMPLES = ROOT / "examples" / "cluster"


def test_the_page_names_the_files_that_there_are() -> None:
    named = set(re.findall(r"examples/cluster/([\w.]+\w)", PAGE))
    assert named == {path.name for path in EXAMPLES.iterdir()}


def test_slurm_would_be_sent_jobs_as_the_example_configures_them() -> None:
    """A dry run: what `sbatch` would be given."""
    example = yaml.safe_load((EXAMPLES / "jobqueue.yaml").read_text("utf-8"))
    settings = dask.config.merge(dask.config.config, example)
    options = {"host": "127.0.0.1", "dashboard_address": "127.0.0.1:0"}
    with dask.config.set(settings), SLURMCluster(scheduler_options=options) as cluster:
        script = cluster.job_script()
    lines = script.splitlines()
    for directive in ("-n 1", "--cpus-per-task=1", "--mem=4G", "-t 04:00:00", "--signal=B:TERM@120"):
        assert f"#SBATCH {directive}" in lines, script
    (command,) = [line for line in lines if "dask_worker" in line]
    assert "--nthreads 1" in command and "tcp://127.0.0.1:" in command and "--lifetime 230m" in command


def test_the_job_of_one_training_is_bash_that_it_can_read_and_runs_the_stage() -> None:
    subprocess.run(["bash", "-n", EXAMPLES / "train.sbatch"], check=True)
    assert "-m stages.train --seed 0" in (EXAMPLES / "train.sbatch").read_text("utf-8")
