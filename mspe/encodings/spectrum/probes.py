"""Very large graphs: the spectral measure of every node, estimated with random probes.

E[z ∘ f(S)z] = diag f(S) for random signs z (Hutchinson; Bekas et al. 2007). Two things are known exactly and make the
estimate some hundred times as precise as that: the eigenvectors of λ = 0, and the first moments (`local_moments`). How
far a node's estimates of these are off tells how far those of its higher moments are, since both are of the same
probes.
"""

import math
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float, Int
from scipy.sparse import csr_array
from torch import Tensor

from mspe.common.parallel import for_each
from mspe.common.terminal import progress_bar
from mspe.encodings.spectrum.chebyshev import DEGREE, column_moments, moments_to_weights, working_precision
from mspe.encodings.spectrum.checkpoint import Checkpoint
from mspe.encodings.spectrum.local_moments import LOCAL_WORK, local_moments
from mspe.encodings.spectrum.ordering import local_order
from mspe.encodings.spectrum.recurrence import chebyshev_terms, torch_matrix

NUM_PROBES = 512

_SAMPLED = 64
_BLOCK = 32  # columns


def estimated_spectral_weights(
    matrix: csr_array,
    root: Float[Tensor, " nodes"],
    degree: int = DEGREE,
    num_probes: int = NUM_PROBES,
    work: float = LOCAL_WORK,
    seed: int = 0,
    state: Path | None = None,
) -> tuple[Float[Tensor, "nodes points"], Float[Tensor, "nodes points"]]:
    """Estimate the spectral measure of every node.

    Parameters
    ----------
    matrix, root
        S = I − L of one graph and D^½, as `sparse_operator` gives them.
    degree
        Of the polynomials, even.
    num_probes
        How many, rounded up to an even number of blocks.
    work
        As `local_moments` takes it. Where that is enough for all moments, these are exact, and nothing is estimated.
    seed
        Of the probes.
    state
        Folder in which what is finished is kept, so that an interrupted call, made again, resumes; None: nowhere.

    Returns
    -------
    tuple
        The weights at `quadrature_nodes(degree)`, and what is distributed as their own error: half the difference
        between two independent halves of the probes. Of `sampled_nodes`, whose exact measures are computed, it is their
        error itself.
    """
    order = local_order(matrix)
    place = torch.from_numpy(np.argsort(order))
    matrix, root = working_precision(matrix)[order][:, order], root[torch.from_numpy(order)]
    operator = torch_matrix(matrix)
    known = local_moments(matrix, degree, work, state)
    if known.size(1) > degree:
        moments, error = known, torch.zeros_like(known)
    else:
        trivial = TrivialModes(matrix, root.to(operator.dtype))
        blocks = math.ceil(num_probes / 2 / _BLOCK)
        checkpoints = [
            Checkpoint.of(state, f"probes-{half}", matrix, degree=degree, blocks=blocks, block=_BLOCK, seed=seed)
            for half in (0, 1)
        ]
        moments, error = _condition(*_halves(operator, trivial, degree, blocks, seed, checkpoints), known)
    sample = place[sampled_nodes(operator.size(0))]
    error[sample] = moments[sample] - column_moments(operator, sample, degree).to(moments.dtype)
    transform = moments_to_weights(degree).to(operator.dtype)
    return moments[place] @ transform, error[place] @ transform


def sampled_nodes(num_nodes: int) -> Int[Tensor, " sample"]:
    """Return the nodes of a graph whose measures are computed exactly, too: the same of each number of nodes."""
    chosen = np.random.default_rng(0).choice(num_nodes, min(num_nodes, _SAMPLED), replace=False)
    return torch.from_numpy(chosen)


class TrivialModes:
    """The eigenvectors of λ = 0: D^½1 on each component, of length 1."""

    def __init__(self, matrix: csr_array, root: Float[Tensor, " nodes"]) -> None:
        from scipy.sparse.csgraph import connected_components

        self.count, labels = connected_components(matrix, directed=False)
        self.component = torch.from_numpy(labels.astype(np.int64))
        volume = root.new_zeros(self.count).index_add_(0, self.component, root.square())
        self.entries = root / volume.sqrt()[self.component]

    def remove(self, vectors: Float[Tensor, "nodes columns"]) -> Float[Tensor, "nodes columns"]:
        """Return vectors without their part along these."""
        weighted = self.entries[:, None] * vectors
        along = vectors.new_zeros(self.count, vectors.size(1)).index_add_(0, self.component, weighted)
        return torch.addcmul(vectors, self.entries[:, None], along[self.component], value=-1)


def _halves(
    operator: Tensor, trivial: TrivialModes, degree: int, blocks: int, seed: int, checkpoints: Sequence[Checkpoint]
) -> tuple[Float[Tensor, "nodes orders"], Float[Tensor, "nodes orders"]]:
    """Return the moments by each half of the probes; λ = 0 has T_j(1) = 1 and is added exactly."""
    halves = torch.zeros(2, degree + 1, operator.size(0), dtype=operator.dtype)
    with progress_bar(range(2 * blocks), "random probes", unit="block", delay=1.0) as bar:

        def of_half(half: int) -> None:
            random = torch.Generator().manual_seed(2 * seed + half)
            _add_blocks(halves[half], blocks, random, operator, trivial, checkpoints[half], bar.update)

        for_each(of_half, [(0,), (1,)])
    halves /= blocks * _BLOCK
    halves += trivial.entries.square()
    return halves[0].T, halves[1].T


def _add_blocks(
    sums: Float[Tensor, "orders nodes"],
    blocks: int,
    random: torch.Generator,
    operator: Tensor,
    trivial: TrivialModes,
    checkpoint: Checkpoint,
    advance: Callable[[int], object],
) -> None:
    """Add z ∘ T_j(S)z of so many blocks of probes, one after the other, resuming after those kept."""
    done = 0
    if state := checkpoint.load():
        done = state["done"]
        sums.copy_(state["sums"])
        random.set_state(state["random"])
    advance(done)
    for count in range(done + 1, blocks + 1):
        signs = torch.randint(0, 2, (operator.size(0), _BLOCK), generator=random, dtype=torch.int8)
        probes = (2 * signs - 1).to(operator.dtype)
        terms = chebyshev_terms(operator, trivial.remove(probes))
        for order, term in zip(range(len(sums)), terms, strict=False):
            sums[order] += torch.from_numpy(np.einsum("nb,nb->n", probes.numpy(), term.numpy()))
        state = {"done": count, "sums": sums, "random": random.get_state()}
        checkpoint.save(state, finished=count == blocks)
        advance(1)


def _condition(
    first: Float[Tensor, "nodes orders"], second: Float[Tensor, "nodes orders"], known: Float[Tensor, "nodes known"]
) -> tuple[Float[Tensor, "nodes orders"], Float[Tensor, "nodes orders"]]:
    """Return the moments by both halves, corrected by what is known, and their error.

    Over all nodes, the difference of the halves in the higher moments is regressed on that in the known ones (control
    variates): what the estimates of these are off, times the coefficients, is taken from the higher moments.
    """
    count = known.size(1)
    moments, error = (first + second) / 2, (first - second) / 2
    told, untold = error[:, 1:count].double(), error[:, count:].double()  # of degree 0 nothing is random
    slope = torch.linalg.lstsq(told, untold, driver="gelsd").solution.to(error.dtype)
    moments[:, count:] -= (moments[:, 1:count] - known[:, 1:]) @ slope
    error[:, count:] -= error[:, 1:count] @ slope
    moments[:, :count], error[:, :count] = known, 0.0
    return moments, error
