"""How long runs take is measured on a few batches."""

from pathlib import Path

import pytest

from mspe.ablation.plans import CONFIRM_SEED
from mspe.ablation.probe import Timing, main, read_timing
from mspe.common.errors import MspeError
from mspe.dataset import UnsplitDataset
from tests.ablation.fake_runs import begin, declared


def test_a_timing_is_of_a_whole_epoch_and_all_besides(tmp_path: Path, csl: UnsplitDataset) -> None:
    engine = begin(tmp_path, csl, declared())
    engine.study.write_variants("confirm", engine.variants)
    main(str(tmp_path), "none", CONFIRM_SEED)
    timing = read_timing(engine.study, "none")
    assert timing.epoch > 0 and timing.start > 0
    assert not (tmp_path / "runs").exists()  # a trial is no run


def test_a_damaged_timing_is_refused(tmp_path: Path, csl: UnsplitDataset) -> None:
    study = begin(tmp_path, csl, declared()).study
    with pytest.raises(MspeError, match=r"timings/none\.json"):
        read_timing(study, "none")
    assert Timing(epoch=1.0, start=2.0).epoch == 1.0
