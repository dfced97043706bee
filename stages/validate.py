"""Refuse bad parameters before DVC deletes or computes anything.

DVC removes a stage's outputs before it runs it. Every other stage follows this one, whose only output never changes:
so a mistake in `params.yaml` stops the pipeline here, and a correct change reruns nothing by itself.
"""

from mspe.common.command import command
from mspe.common.files import write_text
from mspe.config import load_params
from mspe.dataset.path import check_path

if __name__ == "__main__":
    with command():
        check_path(load_params().dataset)
        write_text("data/params.valid", "The parameters were found valid.\n")
