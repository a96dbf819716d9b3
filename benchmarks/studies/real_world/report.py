"""The table of `study.py`, from its lines."""

from __future__ import annotations

from pathlib import Path
from statistics import mean, stdev

from benchmarks.studies.marked_page import put_between

BASE, ORACLE = "bicubic-trained", "oracle"


def found(lines: list[dict], kind: str, row: str) -> list[dict]:
    """The lines of a row, by seed."""
    lines = [line for line in lines if (line["kind"], line["row"]) == (kind, row)]
    return sorted(lines, key=lambda line: line["seed"] or 0)


def values(lines: list[dict], kind: str, row: str, test: str, metric: str = "psnr") -> list[float]:
    """A score of each seed."""
    return [
        line["scores"][test][metric]
        for line in found(lines, kind, row)
        if metric in line["scores"].get(test, {})
    ]


def by_seed(lines: list[dict], kind: str, row: str, test: str) -> dict[int, float]:
    """Seed -> PSNR of a row."""
    return {line["seed"]: line["scores"][test]["psnr"] for line in found(lines, kind, row)}


def closed(lines: list[dict], kind: str, row: str, test: str) -> list[float]:
    """Part of the way from the bicubic-trained network to the oracle, in dB, of each seed that has
    both; the noise of the oracle's seeds is in it."""
    (low,) = values(lines, kind, BASE, test) or [None]
    own, high = by_seed(lines, kind, row, test), by_seed(lines, kind, ORACLE, test)
    seeds = sorted(own.keys() & high.keys()) if low is not None else []
    return [(own[seed] - low) / (high[seed] - low) for seed in seeds]


def gains(lines: list[dict], kind: str, row: str, control: str, test: str) -> list[float]:
    """A row's PSNR less that of its control, dB, of each seed that has both."""
    one, other = by_seed(lines, kind, row, test), by_seed(lines, kind, control, test)
    return [one[seed] - other[seed] for seed in sorted(one.keys() & other.keys())]


def in_words(numbers: list[float], form: str = ".2f") -> str:
    """The mean and, of two or more, its standard error."""
    if not numbers:
        return "null"
    if len(numbers) == 1:
        return f"{numbers[0]:{form}}"
    error = stdev(numbers) / len(numbers) ** 0.5
    return f"{mean(numbers):{form}} ± {error:{form.lstrip('+')}}"


def percent(shares: list[float]) -> str:
    return "null" if not shares else f"{in_words([100 * share for share in shares], '.0f')} %"


def make_table(lines: list[dict]) -> str:
    """Markdown; what was not measured is null."""
    tests = list(dict.fromkeys(test for line in lines for test in line["scores"]))
    heads = " | ".join(f"{test}: PSNR | SSIM | LPIPS | closed" for test in tests)
    text = [f"| degradation | row | seeds | {heads} | s |"]
    text.append("|---|---|---:" + "|---:" * (4 * len(tests) + 1) + "|")
    for kind, row in dict.fromkeys((line["kind"], line["row"]) for line in ordered(lines)):
        own = found(lines, kind, row)
        cells = [kind, row, str(len(own)) if own[0]["seed"] is not None else ""]
        for test in tests:
            cells.append(in_words(values(lines, kind, row, test)))
            cells.append(in_words(values(lines, kind, row, test, "ssim"), ".4f"))
            cells.append(in_words(values(lines, kind, row, test, "lpips"), ".3f"))
            trained = own[0]["seed"] is not None
            cells.append(percent(closed(lines, kind, row, test)) if trained else "")
        cells.append(f"{mean(line['seconds'] for line in own):.0f}")
        text.append("| " + " | ".join(cells) + " |")
    return "\n".join(text) + "\n"


def ordered(lines: list[dict]) -> list[dict]:
    """By degradation and row, in the order of their first lines."""
    kinds, rows = (list(dict.fromkeys(line[key] for line in lines)) for key in ("kind", "row"))
    return sorted(lines, key=lambda line: (kinds.index(line["kind"]), rows.index(line["row"])))


def write_report(page: Path, lines: list[dict]) -> None:
    """Put the table in place of the old one, and print it."""
    table = make_table(lines)
    put_between(page, table)
    print(table)
