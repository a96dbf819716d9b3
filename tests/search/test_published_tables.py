"""The operators on networks that others trained: the cheap part of their study."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.studies.search_tables import predictor
from benchmarks.studies.search_tables import study as tables
from sr_app.search.strategy import RANDOM


@pytest.fixture
def published(shared):
    """The folder with the two tables; a skip names what is missing."""
    if not (shared / "nas" / tables.MACRO).is_file():
        pytest.skip("no published search tables: put nas/ into the shared folder")
    if tables.folder() != shared / "nas":
        pytest.skip("the tables are looked for elsewhere")
    return shared / "nas"


def test_cells_are_read_edge_by_edge() -> None:
    text = "|avg_pool_3x3~0|+|nor_conv_1x1~0|skip_connect~1|+|none~0|skip_connect~1|nor_conv_3x3~2|"
    assert [tables.OPERATIONS[i] for i in tables.read_cell(text)] == [
        "avg_pool_3x3", "nor_conv_1x1", "skip_connect", "none", "skip_connect", "nor_conv_3x3",
    ]  # fmt: skip


def test_parameters_of_a_cell() -> None:
    """One 3x3 convolution in every cell: 5 * (9 * (16^2 + 32^2 + 64^2) + 2 * (16 + 32 + 64))."""
    assert tables.cell_parameters([3, 0, 0, 0, 0, 0]) == 5 * (9 * 5376 + 2 * 112)
    assert tables.cell_parameters([0, 1, 4, 0, 0, 0]) == 0


def test_the_whole_macro_table(published) -> None:
    """6,561 networks, best mean accuracy 93.13 %, hypervolume 32.03."""
    table = tables.macro()
    assert len(table.mean) == 3**8
    assert table.mean.max() == pytest.approx(93.127, abs=1e-3)
    assert table.volume(np.arange(3**8)) == pytest.approx(32.03, abs=0.005)


def test_evolution_beats_random_offspring(published) -> None:
    """About 31.2 to 31.9 against 30.6 over 20 seeds, standard deviation 0.3 and less."""
    evolved = [tables.macro_front(tables.GUIDED, seed)[-1] for seed in range(3)]
    random = [tables.macro_front(RANDOM, seed)[-1] for seed in range(3)]
    assert min(evolved) > max(random)
    assert np.mean(evolved) > 31.25


def test_protection_keeps_larger_networks_at_equal_volume(published) -> None:
    """At least half as large again; about +60 % over 40 draws."""
    runs = {
        rule: [tables.cell_survival(rule, 32, seed) for seed in range(10)]
        for rule in ("non_dominated", "protected_large")
    }
    plain, kept = (
        {key: np.mean([run[key] for run in part]) for key in part[0]} for part in runs.values()
    )
    assert kept["parameters"] > 1.5 * plain["parameters"]
    assert kept["hypervolume"] == pytest.approx(plain["hypervolume"], rel=1e-3)


def test_speed_protects_what_still_rises(published) -> None:
    plain = tables.protection("non_dominated", 0)
    risen = tables.protection("protected", 0)
    assert risen["parameters half way"] > plain["parameters half way"]


def test_cells_as_tensors() -> None:
    """Eight nodes: input, six operations, output; edges of one cell joined end to start."""
    joints = predictor.adjacency()
    assert np.argwhere(joints[0]).ravel().tolist() == [1, 2, 4]  # edges 0-1, 0-2, 0-3
    assert np.argwhere(joints[:, 7]).ravel().tolist() == [4, 5, 6]  # those that end in node 3
    assert np.argwhere(joints[1]).ravel().tolist() == [3, 5]  # 0-1 goes on as 1-2 and 1-3
    code = (3, 2, 0, 1, 4, 3)
    paper, onehot = (predictor.encode_cell(code, encoding) for encoding in ("paper", "onehot"))
    assert paper.shape == (8, 8, 7) and onehot.shape == (8, 8, 12)
    parameters = paper[..., [1, 3, 5]].max(0).sum() * 1e3
    assert parameters == pytest.approx(tables.cell_parameters(code))
