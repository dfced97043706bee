"""Differences over seeds whose truth is known."""

import numpy as np


def differences_over_seeds(studies: int, variants: int, seeds: int, ratio: float) -> np.ndarray:
    """Draw differences to the baseline that all have mean 0 and variance 2, of shape (studies, variants, seeds).

    Scores are normal with variance 1, and the baseline's is part of every difference. Where splits are redrawn, scores
    of two seeds are correlated as Nadeau and Bengio assume: n_test / (n_test + n_train) = ρ / (1 + ρ).
    """
    generator = np.random.default_rng(studies * variants * seeds)
    correlation = ratio / (1 + ratio)
    shared = generator.normal(size=(studies, variants + 1, 1))
    own = generator.normal(size=(studies, variants + 1, seeds))
    scores = np.sqrt(correlation) * shared + np.sqrt(1 - correlation) * own
    return scores[:, 1:] - scores[:, :1]


def deviation_within(ratio: float) -> float:
    """Return what a sample deviation over seeds estimates: of variance 2, the part that seeds do not share."""
    return float(np.sqrt(2 / (1 + ratio)))
