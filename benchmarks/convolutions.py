"""Convolutions that cost less, against ordinary ones and against controls of equal cost.

    python benchmarks/convolutions.py                       what is measured so far, as a table
    python benchmarks/convolutions.py run                   all arms that are missing
    python benchmarks/convolutions.py run --table adder --seeds 1 --steps 500

One small body, one schedule, one data set; only the convolutions change. Every finished arm is a
line in ``--lines``, so that the work can be cut into pieces and go on after a kill (an arm begun
goes on from its last epoch, in ``runs/convolutions``). A table's figures are means over its seeds;
what was not run is null. ``probe`` checks what no table shows: the norms of the adder's gradients,
and that only an adder with its shortcut learns the identity.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import product
from pathlib import Path

import numpy as np

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

SCALE, DEPTH, WIDTH = 2, 4, 16
TRAINING = {"batch": 16, "patch": 24, "learning_rate": 1e-3, "warmup": 100, "average": 0.999}
TEST_SETS = ("Set5", "Set14")
REPORT = Path(__file__).with_suffix(".md")


@dataclass(frozen=True)
class Arm:
    """One network of a table.

    Args:
        name: in the table.
        conv: key of ``layers.convolution.CONVOLUTIONS``, or of :func:`variants`.
        growth: channels inside the blocks.
        width: channels between the blocks.
        equal: figure of ``networks.cost.Cost`` in which this arm, a control, is not below the arm
            ``to``; growth and width are chosen so.
    """

    name: str
    conv: str
    growth: int = WIDTH
    width: int = WIDTH
    equal: str = ""
    to: str = ""


ORDINARY = Arm("convolution", "conv")
TABLES = {
    "ghost": (
        ORDINARY,
        Arm("ghost", "ghost"),
        Arm("ghost, shift", "ghost_shift"),
        Arm("versatile", "versatile"),
        Arm("narrow, parameters of ghost", "conv", equal="parameters", to="ghost"),
    ),
    "adder": (
        ORDINARY,
        Arm("adder, whole block", "adder"),
        Arm("adder, no power", "adder without power"),
        Arm("adder, no shortcut", "adder without shortcut"),
        Arm("adder, no norm", "adder without norm"),
    ),
    "full_stack": (
        ORDINARY,
        Arm("full-stack, s = 4", "full_stack"),
        Arm("full-stack, s = 4, not orthogonal", "full_stack without orthogonality"),
        Arm("narrow, bytes of s = 4", "conv", equal="stored_bytes", to="full-stack, s = 4"),
        Arm("full-stack, s = 8", "full_stack of 8"),
        Arm("narrow, bytes of s = 8", "conv", equal="stored_bytes", to="full-stack, s = 8"),
    ),
    "binary": (
        ORDINARY,
        Arm("binary, naive", "binary without skip"),
        Arm("binary", "binary"),
        Arm("binary, not aligned", "binary without alignment"),
        Arm("binary, r = 2", "binary", 2 * WIDTH),
        Arm("binary, r = 4", "binary", 4 * WIDTH),
        Arm("narrow, operations of binary", "conv", equal="operations", to="binary"),
    ),
}


def variants() -> dict[str, Callable]:
    """Kinds with a part left out or another number: for these tables, not for the product."""
    from sr_app.layers.adder import AdderConv2D
    from sr_app.layers.binary import BinaryConv2D
    from sr_app.layers.full_stack import FullStackConv2D

    return {
        "adder without power": AdderConv2D,
        "adder without shortcut": partial(AdderConv2D, shortcut=False),
        "adder without norm": partial(AdderConv2D, normalise=False),
        "full_stack without orthogonality": partial(FullStackConv2D, orthogonality=0.0),
        "full_stack of 8": partial(FullStackConv2D, sharing=8),
        "binary without skip": partial(BinaryConv2D, skip=False),
        "binary without alignment": partial(BinaryConv2D, alignment=1.0),
    }


def add_variants() -> None:
    """Make the variants known to this process."""
    from sr_app.layers import convolution as kinds

    kinds.CONVOLUTIONS.update(variants())
    for name in ("adder without shortcut", "adder without norm"):
        kinds.ACTIVATIONS[name] = kinds.ACTIVATIONS["adder"]
    for name in ("binary without skip", "binary without alignment"):
        kinds.ACTIVATIONS[name] = kinds.ACTIVATIONS["binary"]
    # An arm without its own way around keeps the block's, as ordinary convolutions do.
    kinds.WITH_SKIP |= {"adder without power", "adder without norm", "binary without alignment"}


def build(arm: Arm, table: str, depth: int):
    """The arm's network; a control's widths are found first."""
    from sr_app.networks.esrn import build_esrn
    from sr_app.networks.genotype import Block, Genotype

    growth, width = (arm.growth, arm.width) if not arm.equal else equal_widths(arm, table, depth)
    blocks = (Block("P", 2, growth, width),) * depth
    return build_esrn(Genotype(blocks, width=width, conv=arm.conv, tail="anchor"), SCALE)


def equal_widths(arm: Arm, table: str, depth: int) -> tuple[int, int]:
    """(growth, width) of least figure that is not below the other arm's: the control has the
    advantage of rounding."""
    (other,) = (one for one in TABLES[table] if one.name == arm.to)
    target, found = figure(other, table, depth, arm.equal), []
    for growth, width in product(range(4, WIDTH + 1, 4), repeat=2):
        value = figure(Arm(arm.name, arm.conv, growth, width), table, depth, arm.equal)
        if value >= target:
            found.append((value, width, growth))
    _, width, growth = min(found)
    return growth, width


def figure(arm: Arm, table: str, depth: int, name: str) -> float:
    """One figure of an arm's cost."""
    from sr_app.networks.cost import measure_cost

    return getattr(measure_cost(build(arm, table, depth), SCALE), name)


def run_arm(arm: Arm, table: str, seed: int, options: argparse.Namespace) -> dict:
    """Train one arm and score it; the line that is kept."""
    from dataclasses import asdict

    import keras

    from sr_app.datasets.store import open_store
    from sr_app.image.files import find_photos
    from sr_app.networks.cost import measure_cost
    from sr_app.training.curve import read_curve
    from sr_app.training.losses import l1
    from sr_app.training.run import train_supervised

    keras.utils.set_random_seed(seed)
    network = build(arm, table, options.depth)
    store = open_store(
        [(path, None) for path in find_photos(options.data)], options.cache, scale=SCALE
    )
    name = f"{table}-{arm.name}-{seed}-{options.steps}".replace(" ", "_")
    folder = options.runs / name
    schedule = {**TRAINING, "steps": options.steps, "epoch": min(500, options.steps)}
    schedule["jit"] = False if options.no_jit else "auto"
    train_supervised(network, store, folder, loss=l1, seed=seed, **schedule)
    return {
        **key(arm, table, seed, options),
        **asdict(measure_cost(network, SCALE)),
        "file_bytes": file_bytes(network, folder),
        "psnr": scores(network, options),
        "correlation": mask_correlation(network),
        "seconds": read_curve(folder)[-1]["seconds"],
    }


def key(arm: Arm, table: str, seed: int, options: argparse.Namespace) -> dict:
    """What makes a line the line of an arm."""
    return {
        "table": table,
        "arm": arm.name,
        "seed": seed,
        "steps": options.steps,
        "depth": options.depth,
        "data": options.data.name,
    }


def scores(network, options: argparse.Namespace) -> dict[str, float]:
    """PSNR in dB, protocol y, on the test sets that are there."""
    import keras

    from sr_app.evaluation.benchmark import evaluate

    def enlarge(lr: np.ndarray) -> np.ndarray:
        return keras.ops.convert_to_numpy(network(lr[None].astype("float32") / 255)[0])

    folders = {name: options.tests / name for name in TEST_SETS}
    return {
        name: round(evaluate(enlarge, folder, scale=SCALE).mean["psnr"], 4)
        for name, folder in folders.items()
        if folder.is_dir()
    }


def bicubic(options: argparse.Namespace) -> dict[str, float]:
    """The line that every table begins with."""
    from sr_app.evaluation.benchmark import evaluate
    from sr_app.image.resize import imresize

    folders = {name: options.tests / name for name in TEST_SETS}
    return {
        name: round(evaluate(lambda lr: imresize(lr, SCALE), folder, scale=SCALE).mean["psnr"], 4)
        for name, folder in folders.items()
        if folder.is_dir()
    }


def file_bytes(network, folder: Path) -> int:
    """Size on disk of the network's weights, packed where there are signs."""
    from sr_app.networks.packing import write_packed

    write_packed(network, folder / "packed.npz")
    return (folder / "packed.npz").stat().st_size


def mask_correlation(network) -> float | None:
    """Mean absolute correlation of two masks that share a filter; None without masks."""
    from sr_app.layers.full_stack import FullStackConv2D

    grams = [
        np.abs(np.asarray(layer.correlations()))[:, ~np.eye(layer.sharing, dtype=bool)].mean()
        for layer in network.layers
        if isinstance(layer, FullStackConv2D)
    ]
    return round(float(np.mean(grams)), 4) if grams else None


def read_lines(path: Path) -> list[dict]:
    """The finished arms; a last line cut off by a kill is left out."""
    lines = []
    for text in path.read_text(encoding="utf-8").splitlines() if path.is_file() else []:
        try:
            lines.append(json.loads(text))
        except json.JSONDecodeError:
            continue
    return lines


def run(options: argparse.Namespace) -> None:
    """Train the arms that are missing, seed by seed, so that every table fills evenly."""
    for seed, table in product(range(options.seeds), options.table or TABLES):
        for arm in TABLES[table]:
            wanted = key(arm, table, seed, options)
            if any(wanted.items() <= line.items() for line in read_lines(options.lines)):
                continue
            print(f"{table}: {arm.name}, seed {seed}", flush=True)
            line = run_arm(arm, table, seed, options)
            with options.lines.open("a", encoding="utf-8") as file:
                file.write(json.dumps(line) + "\n")
            print(f"  {line['psnr']}, {line['seconds']} s", flush=True)


def report(options: argparse.Namespace) -> None:
    """Write and print the tables."""
    lines = [line for line in read_lines(options.lines) if line["steps"] == options.steps]
    base = bicubic(options)
    parts = [HEAD.format(steps=options.steps, **TRAINING)]
    for table, arms in TABLES.items():
        parts.append(table_text(table, arms, base, [one for one in lines if one["table"] == table]))
    options.report.write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    print("\n\n".join(parts))


HEAD = """# Convolutions that cost less

`python benchmarks/convolutions.py run`, then `python benchmarks/convolutions.py`: x2, four plain
blocks of two 3x3 convolutions, 16 channels, {steps} steps of {batch} crops of {patch} LR pixels,
L1. PSNR in dB, protocol y, mean (and deviation) over seeds; operations for an output of 1280x720;
bytes on disk. `null`: not run yet. A control "of equal cost" is never below the arm that it is
set against."""


def table_text(table: str, arms: tuple[Arm, ...], base: dict, lines: list[dict]) -> str:
    """One table: bicubic first, then the arms."""
    heads = ["arm", "seeds", *TEST_SETS, "parameters", "file bytes", "operations, G", "mJ"]
    heads += ["correlation"] * (table == "full_stack")
    rows = [heads, ["---"] * len(heads)]
    rows.append(["bicubic", "-", *(f"{base[s]:.2f}" if s in base else "null" for s in TEST_SETS)])
    rows[-1] += ["-"] * (len(heads) - len(rows[-1]))
    for arm in arms:
        mine = [line for line in lines if line["arm"] == arm.name]
        cells = [arm.name, str(len(mine)) if mine else "null"]
        cells += [spread([line["psnr"].get(name) for line in mine]) for name in TEST_SETS]
        cells += [mean(mine, "parameters", "{:,.0f}"), mean(mine, "file_bytes", "{:,.0f}")]
        cells += [mean(mine, "operations", "{:.2f}", 1e9), mean(mine, "millijoules", "{:.1f}")]
        cells += [mean(mine, "correlation", "{:.3f}")] * (table == "full_stack")
        rows.append(cells)
    return f"## {table}\n\n" + "\n".join("| " + " | ".join(row) + " |" for row in rows)


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


def probe(options: argparse.Namespace) -> None:
    """Norms of the adder's gradients, and who learns the identity."""
    import keras

    from sr_app.layers.adder import AdderConv2D

    arm = Arm("adder", "adder")
    network = build(arm, "adder", options.depth)
    kernels = [one.kernel for one in network.layers if isinstance(one, AdderConv2D)]
    before = [keras.ops.convert_to_numpy(kernel) for kernel in kernels]
    network.compile(keras.optimizers.SGD(1.0), "mae")
    x = np.random.default_rng(0).random((4, 24, 24, 3)).astype("float32")
    network.train_on_batch(x, x.repeat(2, 1).repeat(2, 2) ** 2)
    for kernel, old in zip(kernels, before, strict=True):
        norm = np.linalg.norm(keras.ops.convert_to_numpy(kernel) - old)
        print(f"{kernel.path}: |gradient| / (0.2 sqrt(k)) = {norm / 0.2 / np.sqrt(old.size):.4f}")
    for shortcut in (True, False):
        print(f"identity, shortcut {shortcut}: error {identity_error(shortcut):.4f}")


def identity_error(shortcut: bool) -> float:
    """Mean absolute error of one adder unit taught to give its input back (its mean is 0.5)."""
    import keras

    from sr_app.layers.adder import AdderConv2D

    keras.utils.set_random_seed(0)
    x = np.random.default_rng(0).random((8, 12, 12, 8)).astype("float32")
    inputs = keras.Input((None, None, 8))
    model = keras.Model(inputs, AdderConv2D(8, 3, shortcut=shortcut)(inputs))
    model.compile(keras.optimizers.Adam(0.05), "mae")
    model.fit(x, x, batch_size=8, epochs=100, verbose=0)
    return float(model.evaluate(x, x, verbose=0))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", nargs="?", choices=["report", "run", "probe"], default="report")
    parser.add_argument("--table", action="append", choices=list(TABLES))
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=5000)
    parser.add_argument("--depth", type=int, default=DEPTH)
    parser.add_argument("--no-jit", action="store_true", help="faster with TensorFlow on a CPU")
    parser.add_argument("--data", type=Path, default=REPOSITORY / "data" / "photos")
    parser.add_argument("--tests", type=Path, default=REPOSITORY / "data")
    parser.add_argument("--cache", type=Path, default=REPOSITORY / "data" / "cache")
    parser.add_argument("--runs", type=Path, default=REPOSITORY / "runs" / "convolutions")
    parser.add_argument("--lines", type=Path, default=Path(__file__).with_suffix(".jsonl"))
    parser.add_argument("--report", type=Path, default=REPORT)
    options = parser.parse_args()
    if options.what != "report":  # which needs no Keras
        add_variants()
    {"report": report, "run": run, "probe": probe}[options.what](options)


if __name__ == "__main__":
    main()
