"""Convolutions that cost less, against ordinary ones and against controls of equal cost.

    study.py                       what is measured so far, as a table
    study.py run                   all arms that are missing
    study.py run --table adder --seed 0
    study.py run --arm binary --arm "binary, r = 2" --seed 1

One small body, one schedule, one data set; only the convolutions change. Every finished arm is a
line in ``--lines``, so that the work can be cut into pieces and go on after a kill (an arm begun
goes on from its last epoch, in ``runs/convolutions``). A table's figures are means over its seeds;
what was not run is null. ``probe`` checks what no table shows: the norms of the adder's gradients,
that only an adder with its shortcut learns the identity, and how much smaller files are.
"""

from __future__ import annotations

import argparse
import math
import os
import sys
from itertools import product
from pathlib import Path

import numpy as np

REPOSITORY = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(REPOSITORY))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from benchmarks.studies.convolutions.arms import (  # noqa: E402
    ORDINARY,
    PAIRS,
    SCALE,
    TABLES,
    TARGET,
    WIDEST,
    Arm,
    add_variants,
    build,
    genotype,
)
from benchmarks.studies.convolutions.probes import probes  # noqa: E402
from benchmarks.studies.convolutions.report import write_report  # noqa: E402
from benchmarks.studies.kept_lines import agreeing, append, read_lines  # noqa: E402

DEPTH, STEPS, EPOCH = 3, 800, 200
TRAINING = {"patch": 24, "learning_rate": 2e-3, "warmup": 100, "average": 0.99}
SLACK = 0.1
"""Share of the blocks' operations that the search may leave unused."""
SEARCH = {"population": 4, "generations": 2}
PROXY = 4
"""A candidate of the search is trained for 1/PROXY of the training steps."""
TEST_SETS = ("Set5", "Set14")
HERE = Path(__file__).resolve().parent
REPORT = HERE / "README.md"


def run_arm(arm: Arm, table: str, seed: int, options: argparse.Namespace) -> dict:
    """Train one arm and score it; the line that is kept."""
    from dataclasses import asdict

    from sr_app.networks.cost import measure_cost
    from sr_app.training.curve import read_curve

    network, words = trained(arm, table, seed, options)
    folder = arm_folder(arm, seed, options)
    curves = [read_curve(place) for place in (folder, folder / "widened")]
    return {
        **key(arm, table, seed, options),
        **asdict(measure_cost(network, SCALE)),
        "genotype": str(words),
        "file_bytes": file_bytes(network, folder),
        "psnr": scores(network, options),
        "correlation": mask_correlation(network),
        "seconds": sum(curve[-1]["seconds"] for curve in curves if curve),
    }


def arm_folder(arm: Arm, seed: int, options: argparse.Namespace) -> Path:
    """Where an arm is trained; the same arm of two tables is one."""
    sizes = f"{options.data.name}-{options.depth}-{options.batch}-{options.steps}"
    return options.runs / sizes / f"{arm.name}-{seed}".replace(" ", "_")


def trained(arm: Arm, table: str, seed: int, options: argparse.Namespace) -> tuple:
    """(network, genotype) of an arm, trained; of one that is finished at once."""
    import keras

    from sr_app.networks.esrn import build_esrn
    from sr_app.training.losses import l1
    from sr_app.training.run import train_on_pairs
    from sr_app.training.supervised import SupervisedTraining

    words, folder, steps = genotype(arm, table, options.depth), arm_folder(arm, seed, options), 0
    if arm.widths == "search":
        words = searched(words, seed, options)
    keras.utils.set_random_seed(seed)
    if arm.widths == "squeeze":
        words, network = squeezed(words, table, seed, options)
        steps = options.steps // 2
    else:
        network = build_esrn(words, SCALE)
    rest = schedule(options, options.steps - steps, seed)
    train_on_pairs(SupervisedTraining(network, l1), opened(options), folder, rest, batches(options))
    return network, words


def schedule(options: argparse.Namespace, steps: int, seed: int):
    """That of a training of so many steps."""
    from sr_app.training.schedule import Schedule

    jit = False if options.no_jit else "auto"
    rates = {name: value for name, value in TRAINING.items() if name != "patch"}
    return Schedule(steps, epoch=math.gcd(EPOCH, steps), seed=seed, jit=jit, **rates)


def batches(options: argparse.Namespace):
    """What every step sees."""
    from sr_app.training.schedule import Batches

    return Batches(options.batch, TRAINING["patch"])


def opened(options: argparse.Namespace):
    """The prepared training pictures."""
    from sr_app.datasets.store import open_store

    return open_store(sources(options), options.cache, scale=SCALE)


def sources(options: argparse.Namespace) -> tuple[tuple[Path, None], ...]:
    from sr_app.image.files import find_photos

    return tuple((path, None) for path in find_photos(options.data))


def squeezed(words, table: str, seed: int, options: argparse.Namespace) -> tuple:
    """(genotype, network) widened, trained for half of the steps, and squeezed to r = 2."""
    import keras

    from sr_app.networks.esrn import build_esrn
    from sr_app.training.losses import l1
    from sr_app.training.squeezing import SqueezeTraining, body_operations, widen
    from sr_app.training.widening import train_and_squeeze

    teacher, _ = trained(ORDINARY, table, seed, options)
    wide = widen(words, WIDEST)
    arm = next(one for one in TABLES[table] if one.widths == "squeeze")
    network = build_esrn(wide, SCALE)
    keras.utils.set_random_seed(seed)  # of the projections
    return train_and_squeeze(
        SqueezeTraining(network, teacher, l1),
        wide,
        opened(options),
        arm_folder(arm, seed, options) / "widened",
        schedule(options, options.steps // 2, seed),
        batches(options),
        budget=body_operations(widen(words, TARGET)),
    )


def searched(words, seed: int, options: argparse.Namespace):
    """The genotype of the best widths within the operations of r = 2."""
    from dataclasses import replace

    from sr_app.search.channels import EVOLUTION, WidthSpace, budget_window
    from sr_app.search.evolution import evolve
    from sr_app.search.proxy import Proxy

    arm = next(one for one in TABLES["binary"] if one.widths == "search")
    folder = arm_folder(arm, seed, options) / "search"
    steps = max(1, options.steps // PROXY)
    short = schedule(options, steps, seed)
    proxy = Proxy(
        sources=sources(options),
        cache=options.cache,
        validation=options.validation,
        pictures=options.pictures,
        folder=folder / "candidates",
        scale=SCALE,
        schedule=replace(short, epoch=steps, warmup=TRAINING["warmup"] // 2),
        batches=batches(options),
    )
    space = WidthSpace(words, SCALE, budget_window(words, SCALE, TARGET, SLACK))
    found = evolve(
        space,
        proxy,
        objectives=("quality",),
        seed=seed,
        strategy=EVOLUTION,
        archive=folder,
        **SEARCH,
    )
    return found.front()[0].genotype


def key(arm: Arm, table: str, seed: int, options: argparse.Namespace) -> dict:
    """What makes a line the line of an arm."""
    return {"table": table, "arm": arm.name, "seed": seed, **facts(options)}


def facts(options: argparse.Namespace) -> dict:
    """What all lines of one report have in common."""
    names = ("steps", "depth", "batch")
    return {**{name: getattr(options, name) for name in names}, "data": options.data.name}


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
        if folder.is_dir()
        else None
        for name, folder in folders.items()
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


def run(options: argparse.Namespace) -> None:
    """Train the arms that are missing, seed by seed, so that every table fills evenly."""
    seeds = range(options.seeds) if options.seed is None else [options.seed]
    for seed, table in product(seeds, options.table or TABLES):
        for arm in TABLES[table]:
            if options.arm and arm.name not in options.arm:
                continue
            wanted = key(arm, table, seed, options)
            if agreeing(read_lines(options.lines), wanted):
                continue
            print(f"{table}: {arm.name}, seed {seed}", flush=True)
            try:
                line = run_arm(arm, table, seed, options)
            except FloatingPointError as error:  # the other arms are still of interest
                print(f"  diverged: {error}", flush=True)
                continue
            append(options.lines, line)
            print(f"  {line['psnr']}, {line['seconds']} s", flush=True)


def probe(options: argparse.Namespace) -> None:
    """Check what no table shows; values of before are replaced by the later line."""
    network = build(Arm("adder", "adder"), "adder", options.depth)
    for name, value in probes(network):
        print(f"{name}: {value}", flush=True)
        append(options.lines, {"table": "probe", "arm": name, "value": value})


def of_report(line: dict, options: argparse.Namespace) -> bool:
    """Whether a line has the settings that are asked for, but for its steps."""
    wanted = {name: value for name, value in facts(options).items() if name != "steps"}
    return line["table"] == "probe" or wanted.items() <= line.items()


def report(options: argparse.Namespace) -> None:
    """Write and print the tables."""
    common = facts(options)
    lines = [line for line in read_lines(options.lines) if of_report(line, options)]
    told = {
        **TRAINING,
        **common,
        "candidates": SEARCH["population"] * (1 + SEARCH["generations"]),
        "proxy": options.steps // PROXY,
        "validation": options.validation.name,
    }
    print(write_report(options.report, TABLES, PAIRS, lines, bicubic(options), told))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", nargs="?", choices=["report", "run", "probe"], default="report")
    parser.add_argument("--table", action="append", choices=list(TABLES))
    arms = list(dict.fromkeys(arm.name for table in TABLES.values() for arm in table))
    parser.add_argument("--arm", action="append", choices=arms, metavar="NAME")
    parser.add_argument("--seeds", type=int, default=3, help="this many, from 0")
    parser.add_argument("--seed", type=int, help="this one alone")
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--depth", type=int, default=DEPTH)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--no-jit", action="store_true", help="faster with TensorFlow on a CPU")
    parser.add_argument("--data", type=Path, default=REPOSITORY / "data" / "photos")
    parser.add_argument("--validation", type=Path, default=REPOSITORY / "data" / "Kodak24")
    parser.add_argument("--pictures", type=int, default=4, help="of the validation")
    parser.add_argument("--tests", type=Path, default=REPOSITORY / "data")
    parser.add_argument("--cache", type=Path, default=REPOSITORY / "data" / "cache")
    parser.add_argument("--runs", type=Path, default=REPOSITORY / "runs" / "convolutions")
    parser.add_argument("--lines", type=Path, default=HERE / "lines.jsonl")
    parser.add_argument("--report", type=Path, default=REPORT)
    options = parser.parse_args()
    if options.what == "run":
        add_variants()
    {"report": report, "run": run, "probe": probe}[options.what](options)


if __name__ == "__main__":
    main()
