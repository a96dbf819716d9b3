"""Super-resolution without pairs against what it should beat, and what it cannot:

    study.py data/photos --test data/Kodak24 --test data/Set14 \
        --work runs/real_world --out benchmarks/studies/real_world/README.md

    study.py data/bsds399 --test data/Set14 --test data/Kodak24 \
        --plan cpu --work runs/real_world_cpu --out benchmarks/studies/real_world/README.md

HR photos are split by name into two halves: HR of the one, degraded LR of the other. For each
unknown degradation (unknown, mild, camera) six rows: bicubic; the network trained on bicubic pairs
(a preset, from which all others start); two stages, one after the other; two stages and then both
together; the oracle, trained on true pairs of its HR half; and the first two stages with CycleGAN's
translator. Scores on test pictures degraded in the same way: protocol ntire2017, or ntire2018 (best
shift) where the degradation shifts. "closed" is the part of the PSNR between the bicubic-trained
network and the oracle that a row wins. Noisy kinds get a translator with three channels of noise.

A row that is finished is one line of WORK/results.jsonl and is not trained again; one that was
killed goes on from its checkpoint. Strips of pictures lie in WORK/strips. --plan full is for an
accelerator, cpu for an hour of one core; --plan quick, a few steps of tiny networks, shows that
everything runs: its numbers mean nothing and the table says so.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

REPOSITORY = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(REPOSITORY))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from benchmarks.studies.kept_lines import append, read_lines  # noqa: E402
from benchmarks.studies.real_world.report import make_table  # noqa: E402
from sr_app.datasets.degradations import Decimate, Degradation  # noqa: E402
from sr_app.datasets.synthetic_lr import LrSettings, split_halves, write_twins  # noqa: E402
from sr_app.evaluation.benchmark import Observation, evaluate  # noqa: E402
from sr_app.image.colour import to_float, to_uint8  # noqa: E402
from sr_app.image.files import Photo, find_photos, read_photo, write_photo  # noqa: E402
from sr_app.image.resize import imresize  # noqa: E402
from sr_app.networks.features import has_weights  # noqa: E402

KINDS = ("unknown", "mild", "camera")
ROWS = ("bicubic", "bicubic-trained", "two-stage", "collaborative", "oracle", "CycleGAN")
SCALE = 4
PROTOCOLS = {"unknown": "ntire2017", "mild": "ntire2018", "camera": "ntire2017"}
NOISE_PLANES = {"unknown": 0, "mild": 3, "camera": 3}
# Where LR has what translators cannot draw.
DOUBT = {"unknown": 0.0, "mild": 0.0, "camera": 8 / 255}
STRIP = 160  # HR pixels a side
BEGIN, END = "<!-- measured -->\n", "<!-- /measured -->\n"


@dataclass(frozen=True)
class Plan:
    """Steps and sizes of all trainings."""

    translation: int = 20_000
    network: int = 10_000
    joint: int = 20_000
    epoch: int = 1000
    patch: int = 32
    batch: int = 16
    width: int = 64
    blocks: int | None = None
    critic_width: int = 64
    translation_rate: float = 2e-4
    resnet_rate: float = 2e-4  # CycleGAN's translator does not begin as the identity
    network_rate: float = 2e-4
    joint_rate: float = 1e-4
    average: float = 0.999  # momentum; a thousand steps of memory want several thousand steps
    pictures: int | None = None  # of each test set
    loss: str = "l1_means"
    jit: bool = False


QUICK = Plan(4, 4, 4, 2, 20, 2, 8, 1, 4, pictures=1)
CPU = Plan(
    *(800, 400, 600, 100, 24, 8, 24, 4, 32),
    translation_rate=1e-3,
    network_rate=5e-4,
    joint_rate=3e-4,
    average=0.98,
    pictures=8,
)
PLANS = {"full": Plan(), "cpu": CPU, "quick": QUICK}


@dataclass(frozen=True)
class Bench:
    """Everything that the rows of one degradation need."""

    kind: str
    hr: Path
    tests: tuple[Path, ...]
    work: Path
    base: str
    plan: Plan

    @property
    def place(self) -> Path:
        """Folder of this degradation."""
        return self.work / self.kind

    def halves(self) -> tuple[list[Path], list[Path]]:
        """HR of every second scene, degraded LR of the others."""
        folder = self.place / "lr" / self.hr.name
        write_twins(self.hr, folder, LrSettings(self.kind, SCALE))
        return split_halves(find_photos(self.hr), find_photos(folder))

    def test_lr(self, test: Path) -> Path:
        """Degraded test pictures: the same parameters where the kind has one set for all."""
        folder = self.place / "lr" / test.name
        write_twins(test, folder, LrSettings(self.kind, SCALE))
        return folder

    def true_pairs(self) -> list[tuple[Path, Path]]:
        """(HR, degraded LR) of the even half, without shifts: as one that aligned them would."""
        half, _ = self.halves()
        folder, pairs = self.place / "lr" / "pairs", []
        folder.mkdir(parents=True, exist_ok=True)
        for hr in half:
            name = LrSettings(self.kind, SCALE).names(hr.stem)[0]
            record = self.place / "lr" / self.hr.name / f"{name}.json"
            target = folder / record.with_suffix(".png").name
            if not target.is_file():
                drawn = Degradation.from_json(json.loads(record.read_text()))
                lr = unshifted(drawn)(to_uint8(read_photo(hr).rgb))
                write_photo(Photo(to_float(lr)), target)
            pairs.append((hr, target))
        return pairs


def unshifted(degradation: Degradation) -> Degradation:
    """The same without its shift."""
    steps = tuple(
        replace(step, shift=(0.0, 0.0)) if isinstance(step, Decimate) else step
        for step in degradation.steps
    )
    return replace(degradation, steps=steps)


def base_network(bench: Bench):
    """The bicubic-trained network that all trainings start from."""
    from sr_app.networks.presets import load_preset

    return load_preset(bench.base)


def crops_of(bench: Bench):
    """HR half with its bicubic LR, real half."""
    from sr_app.datasets.store import open_store
    from sr_app.training.schedule import Batches
    from sr_app.training.two_stage import Crops

    hr, real = ([(path, None) for path in half] for half in bench.halves())
    cache, plan = bench.work / "cache", bench.plan
    stores = open_store(hr, cache, scale=SCALE), open_store(real, cache, scale=1)
    return Crops(*stores, Batches(plan.batch, plan.patch))


def schedule_of(bench: Bench, steps: int, rate: float):
    """That of one phase."""
    from sr_app.training.schedule import Schedule

    plan = bench.plan
    return Schedule(
        steps,
        epoch=plan.epoch,
        learning_rate=rate,
        average=plan.average,
        gradient_clip=0.1,
        jit=plan.jit,
    )


def train_two_stages(bench: Bench, *, translator: str = "residual", joint: bool = False):
    """The network after both stages; stages that rows share are trained once."""
    from sr_app.training import two_stage
    from sr_app.training.collaborative import CollaborativeTraining, IndirectTraining
    from sr_app.training.losses import loss_named
    from sr_app.training.run import train_on_pairs

    plan, crops = bench.plan, crops_of(bench)
    translation = two_stage.build_translation(
        patch=plan.patch,
        kind=translator,
        width=plan.width,
        blocks=plan.blocks,
        noise=NOISE_PLANES[bench.kind] if translator == "residual" else 0,
        critic_width=plan.critic_width,
    )
    place, network, loss = bench.place / translator, base_network(bench), loss_named(plan.loss)
    doubt = DOUBT[bench.kind]
    rate = plan.resnet_rate if translator == "resnet" else plan.translation_rate
    first, second, third = (
        schedule_of(bench, *phase)
        for phase in (
            (plan.translation, rate),
            (plan.network, plan.network_rate),
            (plan.joint, plan.joint_rate),
        )
    )
    two_stage.train_translation(translation, crops, place / "translation", first)
    indirect = IndirectTraining(network, translation.to_real, loss, doubt=doubt)
    train_on_pairs(indirect, crops.store, place / "network", second, crops.batches)
    translation.to_real.trainable = True
    if joint:
        together = CollaborativeTraining(translation, network, loss, doubt=doubt)
        two_stage.train_jointly(together, crops, place / "joint", third)
    return network


def train_oracle(bench: Bench):
    """The network after as many steps on true pairs."""
    from sr_app.datasets.store import open_store
    from sr_app.training.losses import loss_named
    from sr_app.training.run import train_on_pairs
    from sr_app.training.schedule import Batches
    from sr_app.training.supervised import SupervisedTraining

    plan, network = bench.plan, base_network(bench)
    train_on_pairs(
        SupervisedTraining(network, loss_named(plan.loss)),
        open_store(bench.true_pairs(), bench.work / "cache", scale=SCALE),
        bench.place / "oracle",
        schedule_of(bench, plan.network, plan.network_rate),
        Batches(plan.batch, plan.patch),
    )
    return network


TRAININGS: dict[str, Callable] = {
    "bicubic-trained": base_network,
    "two-stage": train_two_stages,
    "collaborative": lambda bench: train_two_stages(bench, joint=True),
    "CycleGAN": lambda bench: train_two_stages(bench, translator="resnet"),
    "oracle": train_oracle,
}


def upscaler(bench: Bench, row: str) -> Callable[[np.ndarray], np.ndarray]:
    """(h, w, 3) uint8 -> (s*h, s*w, 3)."""
    if row == "bicubic":
        return lambda lr: imresize(lr, SCALE)
    network = TRAININGS[row](bench)

    def enlarge(lr: np.ndarray) -> np.ndarray:
        return np.clip(np.asarray(network(to_float(lr)[None])[0]), 0, 1)

    return enlarge


def measure(bench: Bench, row: str) -> dict:
    """Train and score one row, and keep crops of what it makes of the first test set."""
    start = time.monotonic()
    enlarge, scores = upscaler(bench, row), {}
    seconds = round(time.monotonic() - start, 1)
    for number, test in enumerate(bench.tests):
        keep = keeper(bench, row) if number == 0 else None
        options = {"lr_folder": bench.test_lr(test), "observe": keep}
        options |= {"protocol": PROTOCOLS[bench.kind], "limit": bench.plan.pictures}
        options["metrics"] = ("psnr", "ssim") + ("lpips",) * has_weights("squeeze")
        benchmark = evaluate(enlarge, test, scale=SCALE, **options)
        scores[test.name] = {name: round(value, 4) for name, value in benchmark.mean.items()}
    plan = asdict(bench.plan)
    return {"kind": bench.kind, "row": row, "scores": scores, "seconds": seconds, "plan": plan}


def keeper(bench: Bench, row: str) -> Callable[[Observation], None]:
    """Write the middle of each of the first four results, beside those of HR."""
    folder = bench.place / "crops"
    folder.mkdir(parents=True, exist_ok=True)

    def keep(seen: Observation) -> None:
        if len(list(folder.glob(f"*_{row}.png"))) < 4:
            for name, picture in (("HR", seen.hr), (row, seen.sr)):
                top, left = ((length - STRIP) // 2 for length in picture.shape[:2])
                middle = to_float(picture[top : top + STRIP, left : left + STRIP])
                if middle.ndim == 2:  # grey in its file
                    middle = np.repeat(middle[..., None], 3, axis=2)
                write_photo(Photo(middle), folder / f"{seen.score.name}_{name}.png")

    return keep


def write_strip(work: Path, kind: str) -> None:
    """One picture: a line for each scene, HR and then the rows in their order."""
    folder = work / kind / "crops"
    scenes = sorted(path.name.removesuffix("_HR.png") for path in folder.glob("*_HR.png"))
    names = ("HR", *ROWS)
    there = [n for n in names if all((folder / f"{s}_{n}.png").is_file() for s in scenes)]
    lines = [
        np.concatenate([read_photo(folder / f"{s}_{n}.png").rgb for n in there], axis=1)
        for s in scenes
    ]
    (work / "strips").mkdir(exist_ok=True)
    write_photo(Photo(np.concatenate(lines)), work / "strips" / f"{kind}.png")


def write_note(arguments: argparse.Namespace, results: list[dict], plan: Plan) -> None:
    """The table, on the screen and in place of the old one in the note."""
    note = "QUICK RUN OF TINY NETWORKS: the figures mean nothing.\n\n" if plan == QUICK else ""
    tests = [test.name for test in arguments.test]
    table = f"{note}{plan}\n\n{make_table(results, tests, KINDS, ROWS)}"
    print(table)
    if arguments.out:
        there = arguments.out.read_text() if arguments.out.is_file() else f"{BEGIN}{END}"
        before, rest = there.split(BEGIN)
        arguments.out.write_text(f"{before}{BEGIN}{table}{END}{rest.split(END)[1]}")


def read_arguments() -> argparse.Namespace:
    """What the module's text describes."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("hr", type=Path, help="folder of HR photos")
    parser.add_argument(
        "--test", type=Path, action="append", required=True, help="folder of test pictures"
    )
    parser.add_argument("--work", type=Path, default=Path("runs/real_world"))
    parser.add_argument("--out", type=Path, help="write the table here")
    parser.add_argument("--base", default="esrn_x4", help="preset trained on bicubic pairs")
    parser.add_argument("--kind", action="append", choices=KINDS)
    parser.add_argument("--row", action="append", choices=ROWS)
    parser.add_argument("--plan", choices=PLANS, default="full")
    for name in ("translation", "network", "joint", "epoch", "patch", "batch", "width"):
        parser.add_argument(f"--{name}", type=int, help="instead of the plan's")
    parser.add_argument("--critic-width", type=int)
    parser.add_argument("--jit", action="store_true", default=None)
    return parser.parse_args()


def main() -> None:
    """Every row that is not there yet, then the table and the strips."""
    arguments = read_arguments()
    given = {name: getattr(arguments, name) for name in vars(arguments) if hasattr(Plan(), name)}
    changes = {name: value for name, value in given.items() if value is not None}
    plan = replace(PLANS[arguments.plan], **changes)
    arguments.work.mkdir(parents=True, exist_ok=True)
    path = arguments.work / "results.jsonl"
    results = read_lines(path)
    if any(one["plan"] != asdict(plan) for one in results):
        raise SystemExit(f"{path} holds results of another plan: choose another --work")
    for kind in arguments.kind or KINDS:
        bench = Bench(
            kind, arguments.hr, tuple(arguments.test), arguments.work, arguments.base, plan
        )
        for row in arguments.row or ROWS:
            if any((one["kind"], one["row"]) == (kind, row) for one in results):
                continue
            results.append(measure(bench, row))
            append(path, results[-1])
            print(json.dumps(results[-1]), flush=True)
        write_strip(arguments.work, kind)
    write_note(arguments, results, plan)


if __name__ == "__main__":
    main()
