"""The truth page: ten methods, what is claimed, what was measured, and what follows.

    study.py [--out FILE]

Writes benchmarks/README.md from the committed result files of the other studies; trains nothing.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[2])]

from figures import rests_on_choice  # noqa: E402
from rows import METHODS, Method  # noqa: E402

PAGE = HERE.parents[1] / "README.md"
HEAD = """# What is claimed, and what was measured

Ten published methods are part of this project. Each is implemented after its equations, which
tests hold to independent computations. Whether what its paper claims can be seen here is another
question, and this page answers it. `python benchmarks/studies/claims/study.py` writes it from the
result files of the [studies](studies/README.md) and the cards of the presets, and a test compares.

- **shown**: seen here. A difference is shown if it is more than twice its standard error over at
  least three seeds; a share or a size is compared with the figure that is claimed.
- **not shown**: tried over at least three seeds, and no such difference.
- **refuted here**: the difference is there, and a control has it without the method.
- **not evaluated**: implemented; nothing was measured, or nothing that could decide: fewer seeds,
  another number of steps than the control, networks that hardly differ.

Networks of these studies are small and trained for minutes (most of them 800 steps). A restarted
learning rate alone is worth some 0.4 dB at that length: mean differences of less are not evaluated.
AdderNet's parts and squeezing have studies of 4,000 steps, whose arms have one schedule. Other
longer trainings of arms that nobody would choose (`esrn_m_x2` is better than ghost in less time;
binary networks are slower here) were not made. "Not shown" is said of these studies, not of the
papers.
"""
CHOICE = """\
Verdicts on the [table of trained networks](sr_table/README.md) rest on a choice that was made after
its trainings were known, which its first paragraph tells.
"""


def main() -> None:
    """Write the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=PAGE, help="[default: benchmarks/README.md]")
    out = parser.parse_args().out
    out.write_text(page(), encoding="utf-8")
    print(out)


def page() -> str:
    """The page as Markdown."""
    counted: dict[str, int] = {}
    parts = []
    for number, method in enumerate(METHODS, 1):
        parts += section(number, method, counted)
    total = ", ".join(f"{count} {verdict}" for verdict, count in sorted(counted.items()))
    head = [HEAD, CHOICE] if rests_on_choice() else [HEAD]
    return "\n".join([*head, f"Of {sum(counted.values())} claims: {total}.", *parts, LAST])


def section(number: int, method: Method, counted: dict[str, int]) -> list[str]:
    """A method's heading and table; verdicts are counted."""
    lines = ["", f"## {number}. {method.name}", "", "| claim | measured | verdict | command |"]
    lines.append("|---|---|---|---|")
    for line in method.lines():
        counted[line.verdict] = counted.get(line.verdict, 0) + 1
        command = f"`{line.command}`" if line.command else "none"
        lines.append(f"| {line.claim} | {line.measured} | **{line.verdict}** | {command} |")
    return lines


LAST = """
## Figures that no study has yet

Four arms of *widening and squeezing* and the bicubic score of the search's pictures come from an
independent check of the code at commit db7a72f; they are in
[checked.json](studies/claims/checked.json), each with its source.
"""


if __name__ == "__main__":
    main()
