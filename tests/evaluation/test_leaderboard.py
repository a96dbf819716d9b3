from __future__ import annotations

import pytest

from sr_app.evaluation.leaderboard import BEGIN, END, as_markdown, insert
from sr_app.evaluation.published import MEASURED_HERE, Figures

OURS = Figures(
    "esrn_x2",
    2,
    267_516,
    61_478_092_800,
    {"Set5": (37.2115, 0.957), "Kodak24": (33.2985, 0.91364)},
    MEASURED_HERE,
)
BETTER = Figures("SMFANet", 2, 186_000, 41_000_000_000, {"Set5": (38.04, 0.9606)})
WORSE = Figures("bicubic", 2, scores={"Set5": (33.66, 0.9299), "Set14": (30.24, 0.8688)})
UNSCORED = Figures("new_x2", 2, origin=MEASURED_HERE)
FOUR = Figures("bicubic", 4, scores={"Set5": (28.42, 0.8104)})


def cells(table: str) -> list[list[str]]:
    lines = [line for line in table.splitlines() if line.startswith("|")]
    return [[cell.strip(" *") for cell in line.strip("|").split("|")] for line in lines]


def test_rows_are_grouped_by_factor_and_ordered_by_set5() -> None:
    rows = cells(as_markdown([FOUR, UNSCORED, BETTER, OURS, WORSE]))[2:]
    assert [row[1] for row in rows] == ["bicubic", "esrn_x2", "SMFANet", "new_x2", "bicubic"]
    assert [row[0] for row in rows] == ["x2"] * 4 + ["x4"]


def test_figures_as_papers_print_them_and_dashes_for_what_is_not_known() -> None:
    first, second = cells(as_markdown([OURS, WORSE]))[2:]
    costs = ["268K", "61.5G"]
    scores = ["37.21 / 0.9570", "-", "33.30 / 0.9136"]
    assert second == ["x2", "esrn_x2", *costs, *scores, "measured here"]
    assert first[2:4] == ["-", "-"] and first[-2:] == ["-", "published"]
    assert cells(as_markdown([BETTER]))[2][2:4] == ["186K", "41G"]


def test_only_measured_lines_are_bold() -> None:
    lines = as_markdown([OURS, WORSE]).splitlines()
    assert lines[2].count("**") == 0 and "**esrn_x2**" in lines[3]


def test_absent_sets_are_named() -> None:
    assert "Absent" not in as_markdown([OURS])
    assert "not measured: data/Set14, data/Kodak24." in as_markdown(
        [OURS], ["data/Set14", "data/Kodak24"]
    )


def test_the_table_replaces_what_stood_between_the_markers() -> None:
    text = f"# Title\n\n{BEGIN}\n\nold\n{END}\n\nEnd.\n"
    once = insert(text, "| new |\n", "README.md")
    assert once == f"# Title\n\n{BEGIN}\n\n| new |\n\n{END}\n\nEnd.\n"
    assert insert(once, "| new |\n", "README.md") == once


@pytest.mark.parametrize("text", ["", BEGIN, f"{END} {BEGIN}", f"{BEGIN} {BEGIN} {END}"])
def test_markers_that_are_not_there_are_an_error(text: str) -> None:
    with pytest.raises(ValueError, match="README.md: expected the line <!-- networks: begin"):
        insert(text, "new", "README.md")
