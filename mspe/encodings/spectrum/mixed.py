"""Spectra of small graphs beside spectral measures of large ones, in one packed form."""

from jaxtyping import Bool, Int
from torch import Tensor

from mspe.graphs import PackedGraphs
from mspe.graphs.packing import HAS_PAIRS, Level


def join_spectra(graphs: PackedGraphs, paired: Bool[Tensor, " graphs"], parts: list[PackedGraphs]) -> PackedGraphs:
    """Join the spectra of the graphs that are `paired` with the measures of the others, in the graphs' order.

    Parameters
    ----------
    graphs
        All graphs.
    paired
        Which of them are decomposed; stored as `has_pairs`.
    parts
        The spectra, then the measures; of either, of no graphs where there are none.

    Returns
    -------
    PackedGraphs
        The fields of both: eigenvalues of a large graph are zeros, its eigenvectors have no rows, and neither have the
        measures of a small one.
    """
    fields: dict[str, Tensor] = {HAS_PAIRS: paired}
    levels: dict[str, Level] = {HAS_PAIRS: "graph"}
    for chosen, part in zip((paired, ~paired), parts, strict=True):
        index = chosen.nonzero().flatten()
        for name, values in part.fields.items():
            level = part.levels[name]
            if name.startswith("spectral_weights") or level == "pair":
                fields[name], levels[name] = values, "pair" if level == "pair" else "measure"
                continue
            rows = graphs.rows(level, index)
            whole = len(graphs) if level == "graph" else int(graphs.num_nodes.sum())
            target = fields.setdefault(name, values.new_zeros(whole, *values.shape[1:]))
            fields[name], levels[name] = target.index_copy(0, rows, values), level
    return graphs.without_edges(fields, levels)


def split_spectra(spectrum: PackedGraphs) -> list[tuple[Int[Tensor, " chosen"], PackedGraphs]]:
    """Return which graphs are decomposed with their spectra, and which are measured with their measures.

    Of graphs of one kind alone, that kind.
    """
    if HAS_PAIRS not in spectrum.fields:
        return [(spectrum.num_nodes.new_ones(len(spectrum)).nonzero().flatten(), spectrum)]
    paired = spectrum.fields[HAS_PAIRS]
    kinds: list[tuple[Tensor, tuple[str, ...]]] = [(paired, ("measure",)), (~paired, ("pair",))]
    parts = []
    for chosen, other_levels in kinds:
        index = chosen.nonzero().flatten()
        if not index.numel():
            continue
        part = spectrum[index]
        left_out = (*other_levels, "edge", "link")  # without edges there are no rows of these
        kept = [name for name, level in part.levels.items() if level not in left_out and name != HAS_PAIRS]
        if other_levels == ("pair",):
            kept.remove("eigenvalues")
        levels: dict[str, Level] = {n: "node" if part.levels[n] == "measure" else part.levels[n] for n in kept}
        parts.append((index, part.without_edges({name: part.fields[name] for name in kept}, levels)))
    return parts
