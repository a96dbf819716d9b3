"""Figures of the studies and of the presets' cards, read from what is committed."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

import numpy as np

from benchmarks.sr_table.gains import of_piece
from benchmarks.studies.kept_lines import agreeing, read_lines

STUDIES = Path(__file__).resolve().parents[1]
TABLE = STUDIES.parent / "sr_table/lines.jsonl"
MODELS = STUDIES.parents[1] / "models"
CHECKED = json.loads(Path(__file__).with_name("checked.json").read_text(encoding="utf-8"))


@cache
def rows(study: str) -> tuple[tuple[str, ...], ...]:
    """The cells of all table rows of a study's page."""
    text = (STUDIES / study).read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return tuple(tuple(cell.strip() for cell in line.strip("|").split("|")) for line in lines)


def row(study: str, *begins: str) -> tuple[str, ...]:
    """The only row that begins with these cells; KeyError if there is none, or more than one."""
    found = [cells for cells in rows(study) if cells[: len(begins)] == begins]
    if len(found) != 1:
        raise KeyError(f"{study}: {len(found)} rows begin with {' | '.join(begins)}, expected 1")
    return found[0]


def numbers(cell: str) -> list[float]:
    """All numbers of a cell, with their signs."""
    return [float(text) for text in re.findall(r"[+-]?\d+(?:\.\d+)?", cell.replace(",", ""))]


@cache
def lines(study: str) -> tuple[dict, ...]:
    """The finished pieces of a study."""
    text = (STUDIES / study / "lines.jsonl").read_text(encoding="utf-8")
    return tuple(json.loads(line) for line in text.splitlines())


def students(arm: str) -> dict[int, float]:
    """Seed -> PSNR (dB) of the students of text, by the patches they learnt from."""
    found = agreeing(read_lines(STUDIES / "selection/students.jsonl"), {"arm": arm})
    return {line["seed"]: line["psnr"] for line in found}


def arm(table: str, name: str, steps: int = 800) -> dict[int, float]:
    """Seed -> PSNR on Set5 of an arm of the study of convolutions."""
    found = [
        line
        for line in lines("convolutions")
        if (line["table"], line["arm"], line.get("steps")) == (table, name, steps)
    ]
    if not found:
        raise KeyError(f"no finished arm {name!r} of {table} at {steps} steps")
    return {line["seed"]: line["psnr"]["Set5"] for line in found}


def gains(table: str, name: str, other: str, steps: int = 800) -> list[float]:
    """By how many dB an arm is above another, seed by seed."""
    ours, theirs = arm(table, name, steps), arm(table, other, steps)
    return [ours[seed] - theirs[seed] for seed in sorted(ours.keys() & theirs.keys())]


def proxies() -> list[float]:
    """PSNR of the candidates of the searches on super-resolution."""
    return [line["psnr"] for line in pieces("proxy")]


def searches() -> list[dict]:
    """The finished searches by the predictor on published tables."""
    return read_lines(STUDIES / "search_tables/predictor_search.jsonl")


def pieces(name: str) -> list[dict]:
    """The finished pieces of the searches on super-resolution, of one kind."""
    return [line for line in lines("search_sr") if line["piece"] == name]


def trained_table(piece: str, key: str, **wanted) -> np.ndarray:
    """(seeds, ...) of a study on the table of trained networks; empty before it was run."""
    return of_piece(read_lines(TABLE), piece, key, **wanted)


def noise_and_spread() -> tuple[float | None, float | None, bool]:
    """Of that table's PSNR, in dB, and whether the one is outweighed as it must be."""
    found = agreeing(read_lines(TABLE), {"piece": "noise"})
    line = found[0] if found else {"uncertainty": None, "spread": None, "decides": False}
    return line["uncertainty"], line["spread"], line["decides"]


def rests_on_choice() -> bool:
    """Whether it is outweighed only without what a seed does to all networks alike."""
    found = agreeing(read_lines(TABLE), {"piece": "noise"})
    return bool(found) and found[0]["decides"] and not found[0]["decides_with_shift"]


def saved_by_size() -> float:
    """Evaluations that going by size saves on the table, as a screen is to; no number before it."""
    found = agreeing(read_lines(TABLE), {"piece": "noise"})
    return found[0]["saved_by_size"] if found else float("nan")


def tau_of_table(order: str) -> float:
    """Kendall's tau of an order of the table's networks with their PSNR; no number before it."""
    found = agreeing(read_lines(TABLE), {"piece": "noise"})
    return found[0]["tau"][order] if found else float("nan")


def shared_visits() -> int:
    """The most visits after which networks were scored with weights they share; 0 before any."""
    return max(
        (line["visits"] for line in agreeing(read_lines(TABLE), {"piece": "shared"})), default=0
    )


def card(name: str) -> dict:
    """The card of a preset."""
    return json.loads((MODELS / name / "card.json").read_text(encoding="utf-8"))


def graph_bytes(name: str) -> int:
    """What a preset's exported graph needs on disk."""
    return (MODELS / name / card(name)["graph"]).stat().st_size


def lineages() -> tuple[list[int], list[float], list[float]]:
    """Of the search that found presets: trainings in a candidate's line, its PSNR, its latency."""
    path = STUDIES / "found_networks/search_fast_x2/archive.jsonl"
    records = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()[1:]]
    depth: dict[int, int] = {}
    for record in records:
        parents = [depth[parent] for parent in record["parents"] if parent in depth]
        depth[record["index"]] = 1 + max(parents, default=0)
    scored = [record for record in records if record["objectives"]]
    return (
        [depth[record["index"]] for record in scored],
        [-record["objectives"][0] for record in scored],
        [record["objectives"][1] for record in scored],
    )


def correlation(one: list, other: list) -> float:
    """Pearson's."""
    return float(np.corrcoef(one, other)[0, 1])
