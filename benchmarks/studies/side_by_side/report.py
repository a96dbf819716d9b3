"""The table and the picture of networks side by side, from what was measured."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
from matplotlib import pyplot as plt

from benchmarks.studies.drawing import STYLE, save

OURS = "esrn_"
AROUND = (((6, 5), "left"), ((-6, 5), "right"), ((6, -11), "left"))
"""Where names stand beside their dots, in points, by turns."""
TEXT = """# Networks side by side

{hardware} Every network was run on one tile in turns, a result of 512 x 512; s/MP is the least
processor time for a megapixel of the result. Share of peak: multiply-adds of the convolutions in a
second, to those of a product of two 1024 x 1024 matrices in the same turns ({peak:.1f} billion a
second). Quality: results of 8 bits on clean pictures made small by `imresize`, protocol y; LPIPS by
SqueezeNet, lower is nearer. Networks of others stand in *italics*; their weights are not part of
this project, and `sr-app presets add` made presets of their files.

{tables}

![Seconds for a megapixel against PSNR on Kodak24](quality.svg)

## 8 bits and bfloat16

Convolutions of 8 bits, as `sr-app export --format onnx-int8` writes them, and the graph in OpenVINO
with bfloat16: time as a share of float32's in ONNX Runtime, and the change of the PSNR on Kodak24.
null: this processor has no bfloat16.

{precision}
{others}
## What was found

- The shipped networks compute at 84 to 98 % of the core's speed in matrix products. What a network
  costs is its multiply-adds; nothing is left in the runtime, but in fewer bits.
- `disp_x4` and `spanv2_x4`, of the NTIRE 2026 challenge on efficient networks (both MIT), are
  ahead: 0.29 and 0.23 dB on Kodak24 above `esrn_p_x4`, in 0.98 and 0.81 of its time. Their bodies
  are no other; their trainings saw more pictures, and longer: on the 102 photographs 14,000 further
  steps brought `esrn_p_x4` nothing.
- On clean photographs `esrn_x4_vivid` has a lower LPIPS and 0.9 dB more than Real-ESRGAN x4plus, in
  1/40 of its time; SqueezeNet's LPIPS is a part of its loss. Both networks of Real-ESRGAN were made
  for real photos, as `esrn_x4_real` and `esrn_x4_real_vivid` were, and clean ones are not theirs.
- 8 bits take 0.57 to 0.73 of the time, here without VNNI, and cost 0.01 to 0.03 dB at 4x, where the
  limit that was set is 0.05. At 2x they cost 0.05 and 0.12. Looked at, four times enlarged: a cat
  and a sky are the same as before; what differs is grain of a grey level. Activations with a sign
  take 1.3 to 1.7 times as long; ranges cut at a percentile, or learnt from few parts, left some
  values 40 levels off.
- No 8-bit network is shipped: `sr-app export` and `sr-app presets add` make one of any preset.
"""


OTHER = """
## {hardware}

The same networks and turns, {rounds} of them; a product of two matrices makes {peak:.1f} billion
multiply-adds a second. Below, the graph in 8 bits and in bfloat16 again.

{time}

{precision}
"""


def write_report(measured: dict, others: list[dict], folder: Path) -> None:
    """README.md and quality.svg; a section that was not measured is null.

    others: times and precision on other processors.
    """
    timing, quality = measured["time"], measured.get("quality", {})
    scales = sorted({row["scale"] for row in timing["networks"].values()})
    text = TEXT.format(
        hardware=f"{in_words(timing)}, {timing['rounds']} turns.",
        others="".join(map(other_processor, others)),
        peak=timing["peak_multiply_adds_per_second"] / 1e9,
        tables="\n\n".join(table(timing["networks"], quality, scale) for scale in scales),
        precision=precision_table(measured.get("precision")),
    )
    (folder / "README.md").write_text(text, encoding="utf-8")
    draw(timing["networks"], quality, folder / "quality.svg")


def in_words(timing: dict) -> str:
    """The processor, what it computes beside AVX2, and the cores that were used."""
    *most, last = timing.get("instructions") or [""]
    beside = " and ".join(filter(None, (", ".join(most), last)))
    cores = f"{timing['cores']} core{'s' * (timing['cores'] > 1)}"
    return f"{timing['processor']}{' with ' * bool(beside)}{beside}, {cores}"


def other_processor(measured: dict) -> str:
    """The section of another processor than the tables'."""
    timing = measured["time"]
    lines = ["| | s/MP | share of peak |", "|---|---:|---:|"]
    networks = timing["networks"].items()
    for name, row in sorted(
        networks, key=lambda each: (each[1]["scale"], each[1]["seconds_per_megapixel"])
    ):
        share = shown(row["share_of_peak"], ".0%")
        lines.append(f"| {titled(name)} | {row['seconds_per_megapixel']:.3f} | {share} |")
    return OTHER.format(
        hardware=in_words(timing),
        rounds=timing["rounds"],
        peak=timing["peak_multiply_adds_per_second"] / 1e9,
        time="\n".join(lines),
        precision=precision_table(measured.get("precision")),
    )


def titled(name: str) -> str:
    """A network's name; one of others in italics."""
    return f"`{name}`" if name.startswith(OURS) else f"*{name}*"


def table(networks: dict, quality: dict, scale: int) -> str:
    """The networks of a factor, the fastest first."""
    heads = ["parameters", "multiply-adds a pixel", "s/MP", "share of peak"]
    heads += ["Kodak24", "its LPIPS", "Set14"]
    lines = [f"| x{scale} | {' | '.join(heads)} |", f"|---{'|---:' * len(heads)}|"]
    rows = [(name, row) for name, row in networks.items() if row["scale"] == scale]
    for name, row in sorted(rows, key=lambda each: each[1]["seconds_per_megapixel"]):
        scores = quality.get(name, {})
        cells = [
            titled(name),
            f"{row['parameters'] / 1e3:.0f}K",
            shown(row["multiply_adds_per_pixel"], ","),
            f"{row['seconds_per_megapixel']:.3f}",
            shown(row["share_of_peak"], ".0%"),
        ]
        for test, metric, form in (
            ("Kodak24", "psnr", ".2f"),
            ("Kodak24", "lpips", ".3f"),
            ("Set14", "psnr", ".2f"),
        ):
            cells.append(shown(scores.get(test, {}).get(metric), form))
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def shown(value: float | None, form: str) -> str:
    """A figure, or null."""
    return "null" if value is None else format(value, form)


def precision_table(measured: dict | None) -> str:
    """Time and loss of 8 bits and bfloat16."""
    if measured is None:
        return "null"
    kinds = ("int8", "bfloat16")
    heads = [f"{kind}: {what}" for kind in kinds for what in ("time", "dB")]
    lines = [f"| | {' | '.join(heads)} |", f"|---{'|---:' * len(heads)}|"]
    for name, row in measured["networks"].items():
        cells = []
        for kind in kinds:
            found = row[kind]
            cells += [f"{found['time']:.2f}", f"{found['psnr']:+.2f}"] if found else ["null"] * 2
        lines.append(f"| `{name}` | {' | '.join(cells)} |")
    return "\n".join(lines)


@mpl.rc_context(STYLE)
def draw(networks: dict, quality: dict, path: Path) -> None:
    """PSNR and LPIPS on Kodak24 at 4x against seconds for a megapixel."""
    figure, panels = plt.subplots(2, 1, figsize=(8, 9), layout="constrained", sharex=True)
    rows = {name: row for name, row in networks.items() if row["scale"] == 4}
    names = sorted(rows, key=lambda name: rows[name]["seconds_per_megapixel"])
    for panel, metric in zip(panels, ("psnr", "lpips"), strict=True):
        scores = {name: quality.get(name, {}).get("Kodak24", {}).get(metric) for name in names}
        for turn, name in enumerate(name for name in names if scores[name] is not None):
            colour = "tab:blue" if name.startswith(OURS) else "tab:orange"
            point = rows[name]["seconds_per_megapixel"], scores[name]
            panel.plot(*point, "o", color=colour)
            away, side = AROUND[turn % len(AROUND)]
            words = {"textcoords": "offset points", "horizontalalignment": side, "fontsize": 8}
            panel.annotate(name, point, xytext=away, **words)
    panels[0].set(xscale="log", ylabel="PSNR on Kodak24 (dB)", title="4x, clean photographs")
    panels[1].set(ylabel="LPIPS on Kodak24, lower is nearer")
    panels[1].invert_yaxis()
    panels[1].set(xlabel="seconds of one core for a megapixel of the result", xlim=(0.07, 60))
    ticks = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20)
    panels[1].set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    save(figure, path)
