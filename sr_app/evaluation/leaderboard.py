"""The table of all networks as Markdown: ours as measured, beside the others as published."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sr_app.evaluation.published import MEASURED_HERE, PUBLISHED_HERE, SETS, Figures
from sr_app.evaluation.rounding import PSNR_DIGITS, SSIM_DIGITS, rounded

BEGIN = "<!-- networks: begin (written by sr-app evaluate --table) -->"
END = "<!-- networks: end -->"
"""The lines between which a Markdown file keeps the table."""

UNKNOWN = "-"
HEADS = ("factor", "network", "parameters", "multiply-adds", *SETS, "figures")
NOTE = (
    "PSNR (dB) / SSIM, protocol `y`, no self-ensemble; multiply-adds for a result of 1280x720; "
    f"ordered by Set5. **{MEASURED_HERE}**: by this program, now; {PUBLISHED_HERE}: quoted from "
    f"the papers, sources in `sr_app/evaluation/published.py`; {UNKNOWN}: not known."
)


def as_markdown(rows: Iterable[Figures], absent: Sequence[str] = ()) -> str:
    """The table with its note, one line a network, the factors one after another.

    absent: sets that are not there, named below the table.
    """
    lines = [_line(HEADS), _line(["---", "---", *["---:"] * (len(HEADS) - 3), "---"])]
    lines += [_line(_cells(row)) for row in sorted(rows, key=_order)]
    lines += ["", NOTE]
    if absent:
        lines += ["", f"Absent, and therefore not measured: {', '.join(absent)}."]
    return "\n".join(lines) + "\n"


def check_markers(text: str, name: str) -> None:
    """ValueError unless both markers stand in the text once, in their order."""
    if text.count(BEGIN) != 1 or text.count(END) != 1 or text.index(BEGIN) > text.index(END):
        raise ValueError(
            f"{name}: expected the line {BEGIN} and after it the line {END}, once each, where the "
            "table is to stand"
        )


def insert(text: str, table: str, name: str) -> str:
    """The text with what stands between its two markers replaced by the table.

    name: of the file, for the error.
    """
    check_markers(text, name)
    before, _, rest = text.partition(BEGIN)
    return f"{before}{BEGIN}\n\n{table}\n{END}{rest.partition(END)[2]}"


def _order(row: Figures) -> tuple[int, bool, float, str]:
    """By factor, then by Set5; what has no Set5 comes last."""
    psnr = row.scores.get(SETS[0], (0.0, 0.0))[0]
    return row.scale, not psnr, psnr, row.origin


def _cells(row: Figures) -> list[str]:
    cells = [
        f"x{row.scale}",
        row.name,
        _count(row.parameters, 1e3, "K"),
        _count(row.multiply_adds, 1e9, "G"),
        *(_score(row.scores.get(name)) for name in SETS),
        row.origin,
    ]
    if row.origin != MEASURED_HERE:
        return cells
    return [cells[0], *(f"**{cell}**" if cell != UNKNOWN else cell for cell in cells[1:])]


def _count(number: int | None, unit: float, letter: str) -> str:
    """Such as 324K or 73.4G: three digits, or as many as are known."""
    if number is None:
        return UNKNOWN
    value = number / unit
    digits = 0 if value >= 100 or value == round(value) else 1  # 41G, as its paper rounds it
    return f"{value:.{digits}f}{letter}"


def _score(score: tuple[float, float] | None) -> str:
    if score is None:
        return UNKNOWN
    return f"{rounded(score[0], PSNR_DIGITS)} / {rounded(score[1], SSIM_DIGITS)}"


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
