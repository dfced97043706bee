"""Grids and blocks."""

import torch
from torch_geometric.utils import to_dense_batch

from mspe.graphs import DenseLayout, GraphLoader, PackedGraphs
from tests.conftest import cycle, graph
from tests.models.fixtures import BATCH, NODES, WHOLE

WIDTH, HEADS = 16, 4


def test_the_grid_holds_what_pyg_pads() -> None:
    flat, layout = torch.randn(NODES, 3 * WIDTH), WHOLE[0]
    grid = flat.view(-1, WIDTH // HEADS)[layout.spread].view(3, *layout.shape, -1)
    dense, mask = to_dense_batch(flat.unflatten(1, (3, HEADS, -1)), BATCH.batch)
    assert torch.equal(mask, layout.mask)
    assert torch.equal(grid.permute(2, 3, 0, 1, 4)[mask], dense[mask])
    assert torch.equal(grid.flatten(0, 3)[layout.collect].view_as(flat), flat)


def test_padding_and_flattening_are_inverse_and_pairs_keep_their_place() -> None:
    packed = PackedGraphs.from_list([cycle(3), graph(1, []), cycle(4)])
    batch = packed.collate(range(3))
    layout = DenseLayout.from_sizes(batch.ptr.diff().tolist())
    rows = torch.arange(8.0)[:, None]
    assert torch.equal(layout.flatten(layout.pad(rows)), rows)
    pairs = torch.arange(9 + 1 + 16) + 1
    square = layout.pad_pairs(pairs)
    assert torch.equal(square[0, :3, :3].flatten(), pairs[:9])
    assert torch.equal(square[2].flatten(), pairs[10:])
    assert square.sum() == pairs.sum()


def test_blocks_cover_a_batch_and_spare_padding() -> None:
    packed = PackedGraphs.from_list([cycle(3 + i % 40) for i in range(80)])
    batch = next(iter(GraphLoader(packed, 80, shuffle=True)))
    assert (batch.ptr.diff().diff() >= 0).all()
    blocks = DenseLayout.blocks(batch.ptr)
    assert 1 < len(blocks) < 10
    assert sum(block.mask.numel() * block.shape[1] for block in blocks) < 0.6 * 80 * 42**2
    rows, pairs = torch.randn(int(batch.ptr[-1]), 2), torch.randn(int(batch.ptr.diff().square().sum()))
    assert torch.equal(torch.cat([block.flatten(block.pad(rows)) for block in blocks]), rows)
    assert torch.equal(torch.cat([block.pad_pairs(pairs)[block.pair_mask] for block in blocks]), pairs)
    assert len(DenseLayout.blocks(torch.arange(5) * 7)) == 1  # equal sizes gain nothing
