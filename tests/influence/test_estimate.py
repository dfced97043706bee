"""The standard error is that of repeated draws."""

import numpy as np
import pytest

from mspe.influence.estimate import Estimate, two_stage


def test_the_error_is_the_deviation_over_repeated_draws() -> None:
    random = np.random.default_rng(0)
    population = [random.normal(random.normal(), 1 + graph % 2, size=6 + graph) for graph in range(12)]
    means, errors = [], []
    for _ in range(4000):
        graphs = random.permutation(12)[:5]
        found = {int(g): random.permutation(population[g])[:3].tolist() for g in graphs}
        one = two_stage(found, {int(g): population[g].size for g in graphs}, 12)
        means.append(one.mean)
        errors.append(one.error**2)
    assert np.mean(means) == pytest.approx(np.mean([one.mean() for one in population]), abs=0.03)
    assert np.sqrt(np.mean(errors)) == pytest.approx(np.std(means), rel=0.05)


def test_without_a_draw_there_is_no_error_and_of_one_it_is_not_known() -> None:
    assert two_stage({0: [1.0, 2.0]}, {0: 2}, 1) == Estimate(1.5, 0.0)
    assert two_stage({0: [1.0]}, {0: 2}, 1) == Estimate(1.0, None)
    assert two_stage({0: [1.0, 2.0]}, {0: 2}, 9) == Estimate(1.5, None)
    assert two_stage({0: []}, {0: 2}, 1) == Estimate(None, None)
    assert (str(Estimate(None, None)), str(Estimate(1.234, 0.0)), str(Estimate(1, 0.126))) == (
        "–",
        "1.23",
        "1.00 ± 0.13",
    )
