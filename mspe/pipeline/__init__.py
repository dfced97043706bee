"""What stages and commands share: a training run, evaluation, prediction, the summary over seeds, recipes."""
