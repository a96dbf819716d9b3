"""Which body at the time of esrn_l: equal fresh trainings of candidates, and their measured time.

Run it from the top folder: `python benchmarks/studies/bodies/study.py`. Each candidate is trained
alone, from the same seed, with one schedule (`RECIPE`), without inherited weights or a teacher; it
is scored on all pictures of Kodak24 (protocol y) and timed in turns with the reference of the
search. Finished pieces are lines of `lines.jsonl`; `--report` writes README.md from them. Trainings
lie in `--runs` and resume after a kill.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[2]))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np  # noqa: E402
import tomlkit  # noqa: E402

from sr_app import train  # noqa: E402
from sr_app.networks.counting import count, least_radius  # noqa: E402
from sr_app.networks.genotype import Genotype  # noqa: E402
from sr_app.search.latency import Latency  # noqa: E402

LINES = HERE / "lines.jsonl"
SIZE, ROUNDS = (192, 192), 15
SCALE = 2
FOUND = """## What was found

- One seed each so far, and what was not trained is null: differences of a few hundredths are no
  order.
- The dense skeleton (features twice, all blocks fused) came 0.08 dB above the plain one with
  ReLU.
- SiLU needs large features. With the usual initial weights four such bodies (plain, of three or
  four convolutions a block, SPAN's product, an unshuffled front) ended between 31.55 and 31.85
  dB: a linear filter gives that, and a training of 6,000 steps stayed there (bicubic 30.83).
  With first features eight times as large, which is built in now, the control came to the
  figure above.
- PReLU costs 1.38 of the time in ONNX Runtime, which does not fuse it.
- An unshuffled front learns much more slowly here, and diverged at a rate of 1e-3 with SiLU.
- `esrn_p_x2` is trained with the shape that is nearest to the first row within `esrn_l`'s time.
"""
RECIPE = """
[network]
scale = 2

[data]
description = "102 photographs under free licences, 180 megapixels, JPEG quality 95 down-sampled"
hr = ["data/photos"]

[training]
steps = 3000
epoch = 500
batch = 8
patch = 48
learning_rate = 1e-3
warmup = 100
average = 0.999
gradient_clip = 0.1
loss = "l1_means"
precision = "mixed_bfloat16"
jit = false

[validation]
hr = "data/Kodak24"
pictures = 4

[results]
Kodak24 = "data/Kodak24"
"""


@dataclass(frozen=True)
class Candidate:
    """A body: what it is called here, its blocks, and the words of its genotype."""

    name: str
    blocks: str
    words: dict = field(default_factory=dict)

    @property
    def genotype(self) -> Genotype:
        return Genotype.parse(self.blocks, conv="rep", tail="anchor", **self.words)


def repeated(block: str, times: int) -> str:
    return ",".join([block] * times)


PLAIN, SILU = {"skeleton": "plain"}, {"activation": "silu"}
CANDIDATES = [
    Candidate("esrn_l", "P_2_16_16,P_6_48_48,S_3_16_16"),
    Candidate("esrn_l, SiLU", "P_2_16_16,P_6_48_48,S_3_16_16", SILU),
    Candidate("DISP's shape (control)", repeated("P_4_32_32", 4), PLAIN | SILU),
    Candidate("P 4 x 4, ReLU", repeated("P_4_32_32", 4), PLAIN),
    Candidate("P 4 x 4, PReLU", repeated("P_4_32_32", 4), PLAIN | {"activation": "prelu"}),
    Candidate("P 4 x 4, dense skeleton, SiLU", repeated("P_4_32_32", 4), SILU),
    Candidate("P 4 x 4, dense skeleton, ReLU", repeated("P_4_32_32", 4)),
    Candidate("P 3 x 4 and 3, dense skeleton, ReLU", repeated("P_4_32_32", 3) + ",P_3_32_32"),
    Candidate("P 6 x 3, SiLU", repeated("P_3_32_32", 6), PLAIN | SILU),
    Candidate("P 3 x 6, SiLU", repeated("P_6_32_32", 3), PLAIN | SILU),
    Candidate("P 9 x 2, SiLU", repeated("P_2_32_32", 9), PLAIN | SILU),
    Candidate("A 5 x 3 (SPAN's product), SiLU", repeated("A_3_32_32", 5), PLAIN | SILU),
    Candidate("A 5 x 3 (SPAN's product), ReLU", repeated("A_3_32_32", 5), PLAIN),
    Candidate("P 2 x 4, 48 channels, SiLU", repeated("P_4_48_48", 2), PLAIN | SILU | {"width": 48}),
    Candidate("S 4 x 2, SiLU", repeated("S_2_32_32", 4), PLAIN | SILU),
    Candidate("C and P, SiLU", "P_4_32_32,C_2_32_32,P_4_32_32,P_4_32_32", SILU),
    Candidate(
        "unshuffled, P 3 x 4, 80 channels, ReLU",
        repeated("P_4_80_80", 3),
        PLAIN | {"width": 80, "front": "unshuffled"},
    ),
    Candidate(
        "unshuffled, P 3 x 4, 80 channels, dense skeleton, ReLU",
        repeated("P_4_80_80", 3),
        {"width": 80, "front": "unshuffled"},
    ),
    Candidate(
        "unshuffled, P 3 x 4, 80 channels, SiLU",
        repeated("P_4_80_80", 3),
        PLAIN | SILU | {"width": 80, "front": "unshuffled"},
    ),
]


def lines() -> list[dict]:
    return [json.loads(line) for line in LINES.read_text().splitlines()] if LINES.exists() else []


def keep(line: dict) -> None:
    with LINES.open("a") as file:
        file.write(json.dumps(line) + "\n")


def find(kind: str, name: str, seed: int | None = None) -> dict | None:
    """The finished piece, if there is one."""
    wanted = {"kind": kind, "name": name} | ({} if seed is None else {"seed": seed})
    return next((line for line in lines() if wanted.items() <= line.items()), None)


def train_one(number: int, seed: int, runs: Path) -> None:
    """Train and score a candidate, unless that was done."""
    candidate = CANDIDATES[number]
    if find("training", candidate.name, seed):
        return
    recipe = tomlkit.parse(
        f'name = "body_{number}_{seed}"\ntitle = "A candidate"\ndescription = "{candidate.name}"\n'
        + RECIPE
    )
    recipe["network"] = {"scale": SCALE, **candidate.genotype.to_json()}
    recipe["training"]["seed"] = seed
    runs.mkdir(parents=True, exist_ok=True)
    path = runs / f"body_{number}_{seed}.toml"
    path.write_text(tomlkit.dumps(recipe))
    psnr = train(path, runs=runs).results["Kodak24"]["psnr"]
    keep({"kind": "training", "name": candidate.name, "seed": seed, "psnr": psnr})
    print(candidate.name, seed, psnr, flush=True)


def time_one(candidate: Candidate) -> None:
    """Time a candidate beside the search's reference, unless that was done."""
    if not find("time", candidate.name):
        timing = Latency(SCALE, SIZE, ROUNDS).measure(candidate.genotype)
        piece = {"kind": "time", "name": candidate.name, "ratio": round(timing.ratio, 3)}
        keep(piece | {"noise": round(timing.noise, 3)})


def report() -> str:
    """README.md."""
    base = find("time", CANDIDATES[0].name)
    rows = []
    for candidate in CANDIDATES:
        scores = [
            line["psnr"]
            for line in lines()
            if line["kind"] == "training" and line["name"] == candidate.name
        ]
        timing = find("time", candidate.name)
        parameters, operations = count(candidate.genotype, SCALE)
        quality = f"{np.mean(scores):.3f} ({len(scores)})" if scores else "null"
        ratio = f"{timing['ratio'] / base['ratio']:.2f}" if timing and base else "null"
        cells = (f"{parameters / 1e3:.0f}K", f"{operations / 1e9:.1f}G")
        radius = least_radius(candidate.genotype)
        rows.append((quality, f"{candidate.name} | {' | '.join(cells)} | {radius} | {ratio}"))
    rows.sort(key=lambda row: (row[0] != "null", row[0]), reverse=True)
    table = "\n".join(f"| {name} | {quality} |" for quality, name in rows)
    return f"""# Bodies

Which body at the time of `esrn_l`: equal fresh trainings of candidates, and their measured
time. Quality is the mean PSNR on Kodak24 (y) of the seeds in brackets after 3,000 steps of 8
crops of 48 x 48 (one cosine, bfloat16 in the layers, weights in float32, moving average); time
is that of the exported graph on one core at {SIZE[0]} x {SIZE[1]}, relative to `esrn_l`'s body;
the radius is that of plain chains. All have re-parameterised convolutions and the anchor tail,
which adds the nearest-neighbour enlargement. "P 4 x 4" is four plain blocks of four
convolutions.

| body | parameters | multiply-adds | radius | time | Kodak24 |
|---|---|---|---|---|---|
{table}

{FOUND}"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", type=int, nargs="*", help="numbers of candidates")
    parser.add_argument("--seeds", type=int, nargs="*", default=[0])
    parser.add_argument("--runs", type=Path, default=Path("runs/bodies"))
    parser.add_argument("--time", action="store_true", help="time them instead (an idle machine)")
    parser.add_argument("--report", action="store_true", help="write README.md and do nothing else")
    options = parser.parse_args()
    numbers = options.only if options.only is not None else range(len(CANDIDATES))
    if options.report:
        (HERE / "README.md").write_text(report())
        return
    for seed in options.seeds:
        for number in numbers:
            if options.time:
                time_one(CANDIDATES[number])
            else:
                train_one(number, seed, options.runs)


if __name__ == "__main__":
    main()
