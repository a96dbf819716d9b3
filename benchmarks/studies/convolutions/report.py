"""`study.py`'s lines as tables; alone it measures nothing."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from pathlib import Path

import numpy as np

HEAD = """# Convolutions that cost less

`study.py run`, then `study.py probe`, then `study.py` alone: x2,
{depth} plain blocks of two 3x3 convolutions, 16 channels, steps of {batch} crops of {patch} LR
pixels from `{data}`, L1. PSNR in dB, protocol y, mean (and deviation) over seeds; operations for an
output of 1280x720; bytes on disk; seconds of training on one core. `null`: not run yet. A control
of equal cost is never below what it is set against.

So short a training is no product: every network is far from its best, and what learns slowly
(adders, ghosts) is under-rated against what learns fast. Seeds move all arms alike: what an arm
gains is told seed by seed, in the table of differences."""

WIDTHS = """*Naive* keeps the block's own way around, as ordinary convolutions do; *no skip
anywhere* has not even that, and is the naive network of the papers.

*Squeezed* and *searched* have at most the operations of the uniform r = 2: the first is
widened four times, trained half of the steps with the projection loss and the cost of its gates
(the finished *convolution* is its teacher), squeezed and fine-tuned for the other half
(reconstructed from the method's abstract). Its rate so rises and falls twice, and that alone is
its gain: the uniform r = 2 with the same 400 + 400 steps gains as much (`benchmarks/README.md`),
and its widths came out uniform whatever its gates said: [squeezing](../squeezing/README.md) is the
study of what drops channels one by one. The second takes the best of {candidates}
candidates, each trained for {proxy} steps on the same crops and scored on `{validation}`, and
trains it anew: `found` says which."""


def write_report(
    path: Path,
    tables: dict[str, Sequence],
    pairs: Sequence[tuple[str, str, str]],
    lines: list[dict],
    bicubic: dict,
    facts: dict,
) -> str:
    """Markdown of every table to ``path``.

    Args:
        tables: name -> arms, each with a ``name``.
        pairs: (table, arm, the arm that it is set against).
        lines: the finished arms of these tables, and of ``probe``.
        bicubic: PSNR by test set; its keys are the columns.
        facts: what the head names.
    """
    parts = [HEAD.format(**facts)]
    for table, arms in tables.items():
        mine = [line for line in lines if line["table"] == table]
        parts.append(table_text(table, [arm.name for arm in arms], bicubic, mine))
        parts += differences([pair[1:] for pair in pairs if pair[0] == table], bicubic, mine)
        if table == "binary":
            parts.append(WIDTHS.format(**facts))
            parts += found_text(mine)
    parts.append(probe_text([line for line in lines if line["table"] == "probe"]))
    text = "\n\n".join(parts) + "\n"
    path.write_text(text, encoding="utf-8")
    return text


def table_text(table: str, arms: list[str], bicubic: dict, lines: list[dict]) -> str:
    """One table: bicubic first, then the arms."""
    sets = list(bicubic)
    heads = [
        "arm",
        "steps",
        "seeds",
        *sets,
        "parameters",
        "file bytes",
        "operations, G",
        "mJ",
        "seconds",
    ]
    heads += ["correlation"] * (table == "full_stack")
    rows = [["bicubic", "-", "-", *(number(bicubic[name], "{:.2f}") for name in sets)]]
    rows[0] += ["-"] * (len(heads) - len(rows[0]))
    for arm, steps in product(arms, sorted({line["steps"] for line in lines}) or [None]):
        mine = [line for line in lines if (line["arm"], line["steps"]) == (arm, steps)]
        if not mine and any(line["arm"] == arm for line in lines):
            continue  # known at other numbers of steps
        cells = [arm, number(steps if mine else None, "{:,}"), str(len(mine)) if mine else "null"]
        cells += [spread([line["psnr"].get(name) for line in mine]) for name in sets]
        cells += [mean(mine, "parameters", "{:,.0f}"), mean(mine, "file_bytes", "{:,.0f}")]
        cells += [mean(mine, "operations", "{:.2f}", 1e9), mean(mine, "millijoules", "{:.1f}")]
        cells += [mean(mine, "seconds", "{:.0f}")]
        cells += [mean(mine, "correlation", "{:.3f}")] * (table == "full_stack")
        rows.append(cells)
    return f"## {table}\n\n" + grid(heads, rows)


def differences(pairs: list[tuple[str, str]], bicubic: dict, lines: list[dict]) -> list[str]:
    """What an arm has above another one, in dB: of every seed that both have, for each number of
    steps."""
    rows = []
    for (arm, other), steps in product(pairs, sorted({line["steps"] for line in lines})):
        ours, theirs = (
            {
                line["seed"]: line["psnr"]
                for line in lines
                if (line["arm"], line["steps"]) == (one, steps)
            }
            for one in (arm, other)
        )
        both = sorted(ours.keys() & theirs.keys())
        gains = {
            name: [f"{ours[seed][name] - theirs[seed][name]:+.2f}" for seed in both]
            for name in bicubic
            if both and all(name in psnrs[seed] for psnrs in (ours, theirs) for seed in both)
        }
        if gains:
            cells = [", ".join(gains.get(name, ["null"])) for name in bicubic]
            rows.append([arm, other, f"{steps:,}", *cells])
    return [grid(["arm", "less", "steps", *bicubic], rows)] if rows else []


def found_text(lines: list[dict]) -> list[str]:
    """The networks that the widths' two ways arrived at."""
    rows = [
        [line["arm"], str(line["seed"]), f"`{line['genotype']}`", f"{line['operations'] / 1e9:.3f}"]
        for line in lines
        if "r = 2" in line["arm"]
    ]
    return [grid(["found", "seed", "network", "operations, G"], rows)] if rows else []


def probe_text(lines: list[dict]) -> str:
    """What no table shows, measured or null."""
    by = {line["arm"]: line["value"] for line in lines}
    norms = by.get("gradient norms")
    rows = [
        [
            "norm of an adder's weight gradient / (0.2 sqrt(k)), least and most over the layers",
            "1 and 1",
            f"{min(norms):.4f} and {max(norms):.4f}" if norms else "null",
        ],
        *(
            [
                f"identity: mean error of one adder unit {kind} shortcut, of 0.25 by a constant",
                expected,
                number(by.get(f"identity {kind} shortcut"), "{:.4f}"),
            ]
            for kind, expected in (("with", "about 0"), ("without", "far from 0"))
        ),
        *(
            [
                f"file of a 64 -> 64 convolution / file of full-stack, s = {sharing}",
                f"32s/(32+s) = {32 * sharing / (32 + sharing):.2f}",
                number(by.get(f"file ratio of {sharing}"), "{:.2f}"),
            ]
            for sharing in (2, 4, 8, 16)
        ),
    ]
    return "## probes\n\n`study.py probe`\n\n" + grid(["what", "by the equation", "measured"], rows)


def grid(heads: list[str], rows: list[list[str]]) -> str:
    """A table in Markdown."""
    return "\n".join("| " + " | ".join(row) + " |" for row in [heads, ["---"] * len(heads), *rows])


def number(value: float | None, form: str) -> str:
    return "null" if value is None else form.format(value)


def spread(values: list[float | None]) -> str:
    """Mean and, from two values on, deviation."""
    known = [value for value in values if value is not None]
    if not known:
        return "null"
    return f"{np.mean(known):.2f}" + (f" ({np.std(known, ddof=1):.2f})" if len(known) > 1 else "")


def mean(lines: list[dict], name: str, form: str, unit: float = 1) -> str:
    """Mean of one figure."""
    known = [line[name] for line in lines if line.get(name) is not None]
    return form.format(np.mean(known) / unit) if known else "null"
