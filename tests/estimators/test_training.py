"""What a model is trained with."""

from mspe.estimators.training import Settings


def test_what_is_given_is_laid_over_the_sections() -> None:
    training = {"batch_size": 4, "optimizer": {"lr": 0.5}}
    params = Settings("rwse", {"num_layers": 2}, 2, training, 7, "cpu").validated("here")
    assert params.seeds == (7,) and params.encodings.preset == "rwse" and params.model.num_layers == 2
    assert (params.training.epochs, params.training.batch_size, params.training.optimizer.lr) == (2, 4, 0.5)
    assert params.training.optimizer.type == "adamw" and params.training.scheduler.warmup_epochs == 1
    assert Settings({"degree": True}, "gcn", 1, {}, 0, "auto").validated("here").model.name == "gcn"
