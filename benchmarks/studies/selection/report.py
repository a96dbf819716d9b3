"""`study.py`'s runs as tables and a plot; alone it measures nothing."""

from __future__ import annotations

import statistics
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from benchmarks.sr_table.gains import gain
from benchmarks.studies.kept_lines import append

KINDS_AS_TOLD = (
    "Photographs, science and textures are real; text is rendered but for two pictures of 24, "
    "drawings are made from photographs by a filter"
)
RULES = ("self-training", "non-negative", "naive, balanced", "naive", "nearest mean")
ARMS = ("P", "P + random", "P + selected", "P + oracle")
PAIRS = (("P + selected", "P + random"), ("P + selected", "P"), ("P + oracle", "P + random"))


def write_report(runs: list[dict], out: Path, counts: dict[str, int], settings: dict) -> None:
    """Markdown to ``out``, the plot beside it as PNG.

    Args:
        counts: patches of each kind.
        settings: of the students.
    """
    plot(runs, out.with_name("selection.png"))
    patches = ", ".join(f"{count} of {kind}" for kind, count in counts.items())
    parts = [
        "# Positive-unlabeled selection and robust distillation",
        f"`study.py --out README.md`: patches of 48x48 LR pixels at x2 ({patches}), teacher "
        f"`esrn_x2`. {KINDS_AS_TOLD}. No picture is on two sides. What "
        "has no row was not measured yet: the same command goes on.",
        "## Finding a kind\n\n6 pictures of the kind are known. AUC / F1 over the mixed lot, mean "
        "over the seeds; *share* is of the kind in the lot, *estimate* without knowing it "
        "(`training/prior.py`). *self-training* is the default, *non-negative* the published way. "
        "*naive*: unlabeled is negative, every patch counts once; "
        "*balanced*: both sides count alike, which is right about the order wherever the naive "
        "one is, and has no threshold for the share.",
        find_table(runs),
        "![AUC and PSNR](selection.png)",
        f"## Students\n\n{settings['known']} pictures are known. `{settings['student']}`, "
        f"{settings['steps']} steps of batch 8, taught by the "
        "teacher's pictures alone; PSNR (dB, Y, of all pixels together) against the HR of other "
        "pictures of the kind; difference to *P* in the same seed. *random* has as many patches as "
        "*selected*, which self-training chose with the true share of the kind.",
        student_table(runs, "students"),
        "[Students of text with five seeds](students.md), seed by seed, trained anew on another "
        "machine.",
        "## A lot of one kind alone\n\nOther photographs, nothing else: nothing to be gained by "
        "choosing.",
        student_table(runs, "homogeneous"),
        "## Weights of clusters\n\nThe same students on *P + selected*, six clusters: PSNR of all "
        "held-out patches, mean and worst over their clusters.",
        cluster_table(runs),
    ]
    out.write_text("\n\n".join(part for part in parts if part) + "\n", encoding="utf-8")


def write_students(runs: list[dict], out: Path) -> None:
    """Students of one kind, seed by seed, as Markdown; the runs beside it as lines of JSON."""
    kind, settings = runs[0]["kind"], runs[0]
    psnrs = {
        arm: {run["seed"]: run["psnr"] for run in chosen(runs, arm=arm)}
        for arm in (*ARMS, "teacher")
    }
    seeds = sorted(psnrs["P"])
    gains = {
        f"{one} less {other}, dB": [psnrs[one][seed] - psnrs[other][seed] for seed in seeds]
        for one, other in PAIRS
    }
    rows = [f"| | {' | '.join(f'seed {seed}' for seed in seeds)} |", "|---|" + "---|" * len(seeds)]
    rows += [
        f"| {arm} | {' | '.join(f'{of[seed]:.2f}' for seed in seeds)} |"
        for arm, of in psnrs.items()
    ]
    told = [f"- {name}: {gain(np.array(values))}" for name, values in gains.items()]
    parts = [
        f"# Students of selected patches: {kind}",
        f"`study.py --students {kind} --seeds {len(seeds)} --out {out.name}`: one patch in ten of "
        f"the lot is of the kind, {settings['known']} pictures of it are known. "
        f"`{settings['student']}`, {settings['steps']} steps of batch 8; PSNR (dB, Y, of all "
        "pixels together) against the HR of other pictures of the kind. Arms are those of the "
        "[study](README.md); a difference is taken in each seed, its mean with the standard error:",
        "\n".join(told),
        "\n".join(rows),
    ]
    out.write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    lines = out.with_suffix(".jsonl")
    lines.unlink(missing_ok=True)
    for run in runs:
        append(lines, run)


def chosen(runs: list[dict], **wanted) -> list[dict]:
    """Runs with these values."""
    return [run for run in runs if all(run.get(key) == value for key, value in wanted.items())]


def spread(values: list[float], digits: int = 2, sign: str = "") -> str:
    """Mean, and deviation where there are several."""
    if not values:
        return "-"
    text = f"{statistics.mean(values):{sign}.{digits}f}"
    return text + (f" ± {statistics.stdev(values):.{digits}f}" if len(values) > 1 else "")


def find_table(runs: list[dict]) -> str:
    rows = [
        "| kind | share | estimate | " + " | ".join(RULES) + " | seeds |",
        "|---|---|---|" + "---|" * (len(RULES) + 1),
    ]
    found = chosen(runs, part="find")
    for kind, prior in dict.fromkeys((run["kind"], run["prior"]) for run in found):
        of = {rule: chosen(found, kind=kind, prior=prior, rule=rule) for rule in RULES}
        cells = [
            f"{statistics.mean(r['auc'] for r in of[rule]):.2f}"
            f" / {statistics.mean(r['f1'] for r in of[rule]):.2f}"
            if of[rule]
            else "-"
            for rule in RULES
        ]
        known = of["nearest mean"]
        share = statistics.mean(run["share"] for run in known)
        estimate = spread([run["estimate"] for run in known])
        rows.append(
            f"| {kind} | {share:.2f} | {estimate} | " + " | ".join(cells) + f" | {len(known)} |"
        )
    return "\n".join(rows)


def student_table(runs: list[dict], part: str) -> str:
    found = chosen(runs, part=part)
    rows = ["| kind | patches | PSNR | to P |", "|---|---|---|---|"]
    for kind in dict.fromkeys(run["kind"] for run in found):
        alone = {run["seed"]: run["psnr"] for run in chosen(found, kind=kind, arm="P")}
        for arm in (*ARMS, "teacher"):
            of = chosen(found, kind=kind, arm=arm)
            if not of:
                continue
            counts = [run["patches"] for run in of if run["patches"]]
            label = f"{arm} ({spread(counts, 0)})" if counts else arm
            gains = [run["psnr"] - alone[run["seed"]] for run in of if run["seed"] in alone]
            values = spread([run["psnr"] for run in of])
            rows.append(f"| {kind} | {label} | {values} | {spread(gains, 3, '+')} |")
    return "\n".join(rows) if found else "Not measured."


def cluster_table(runs: list[dict]) -> str:
    found = chosen(runs, part="clusters")
    rows = ["| kind | weights | all | mean of clusters | worst cluster |", "|---|---|---|---|---|"]
    for kind, arm in dict.fromkeys((run["kind"], run["arm"]) for run in found):
        of = chosen(found, kind=kind, arm=arm)
        cells = (spread([run[key] for run in of]) for key in ("psnr", "mean", "worst"))
        rows.append(f"| {kind} | {arm} | " + " | ".join(cells) + " |")
    return "\n".join(rows) if found else "Not measured."


def plot(runs: list[dict], path: Path) -> None:
    """Left: AUC against the share, by rule, all kinds; right: gain over P of each way to choose."""
    figure = Figure(figsize=(11, 4), layout="constrained")
    left, right = figure.subplots(1, 2)
    found = chosen(runs, part="find")
    kinds = list(dict.fromkeys(run["kind"] for run in found))
    for kind, colour in zip(kinds, ("#2a6f97", "#c1121f", "#588157"), strict=False):
        for rule, style in zip(RULES[:2], ("o-", "s:"), strict=True):
            of = chosen(found, kind=kind, rule=rule)
            shares = sorted({run["prior"] for run in of})
            means = [statistics.mean(r["auc"] for r in of if r["prior"] == s) for s in shares]
            left.plot(shares, means, style, color=colour, label=f"{kind}, {rule}")
    left.set(xlabel="share of the kind in the mixed lot", ylabel="AUC")
    left.legend(frameon=False, fontsize=8)
    students = chosen(runs, part="students")
    for place, kind in enumerate(dict.fromkeys(run["kind"] for run in students)):
        alone = {run["seed"]: run["psnr"] for run in chosen(students, kind=kind, arm="P")}
        for number, arm in enumerate(ARMS[1:]):
            of = chosen(students, kind=kind, arm=arm)
            gains = [run["psnr"] - alone[run["seed"]] for run in of]
            x = place * 4 + number
            right.bar(x, statistics.mean(gains) if gains else 0, color=f"C{number}",
                      label=arm if place == 0 else None)  # fmt: skip
            right.plot([x] * len(gains), gains, "k.", markersize=4)
        right.text(place * 4 + 1, right.get_ylim()[1], kind, ha="center", va="bottom")
    right.set(ylabel="PSNR over P alone, dB (bars: mean; dots: seeds)", xticks=[])
    right.legend(frameon=False, fontsize=8)
    for axes in (left, right):
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(alpha=0.3, axis="y")
    figure.savefig(path, dpi=110)
