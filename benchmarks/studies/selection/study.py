"""Does the selection find a kind, and does a student gain by it: `study.py --out README.md`.

    study.py --seeds 3 --out README.md
    study.py --students text --seeds 5 --out students.md

Five kinds of pictures (`pictures.py`) as patches of 48x48 LR pixels; the teacher is
esrn_x2. First part: of each of three kinds the patches of 6 pictures are known, and a mixed lot
with a known share of the kind is searched by self-training, by the non-negative risk, by two
classifiers that take the unlabeled for negatives (every example counting once; both sides counting
alike) and by nearness to the known patches' mean feature. Second part: students distilled from the
teacher on the known patches alone (of 2 pictures: there is little data), with as many random ones,
with those selected and with those that are truly of the kind, judged on other pictures' HR; with
`--students`, this part alone, of one kind, seed by seed. Killed, it goes on: every run is a line in
`--work`.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

import numpy as np

REPOSITORY = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(REPOSITORY))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from benchmarks.studies.kept_lines import agreeing, append, read_lines  # noqa: E402
from benchmarks.studies.selection.pictures import KINDS, pictures  # noqa: E402
from benchmarks.studies.selection.report import write_report, write_students  # noqa: E402
from sr_app.datasets.grid import PatchGrid, cut_grid  # noqa: E402
from sr_app.datasets.store import PictureStore  # noqa: E402
from sr_app.image.colour import luma, to_float, to_uint8  # noqa: E402
from sr_app.image.resize import imresize  # noqa: E402
from sr_app.networks.presets import digest, read_card  # noqa: E402

SCALE, SIDE, HELD, BORDER = 2, 48, 6, 8
KNOWN, FEW = 6, 2  # pictures known, to a selection that is judged and to a student
PRIORS = (0.1, 0.3, 0.5)
SOUGHT = ("photographs", "text", "drawings")
STUDENT, WIDTH = "P_2_24_24,P_2_24_24,P_3_24_24", 24  # of esrn_xs_x2; smaller ones cannot overfit
RULES = ("self-training", "non-negative", "naive", "naive, balanced")


@dataclass(frozen=True)
class Lot:
    """Rows of the grid: known of the kind, unlabeled, held out of the kind; and which are of it."""

    known: np.ndarray
    unlabeled: np.ndarray
    held: np.ndarray
    of_kind: np.ndarray


class Bench:
    """Patches, their features and what the teacher makes of them; made once, kept in `work`.

    steps: of each student.
    """

    def __init__(self, work: Path, steps: int):
        self.work, self.lines, self.steps = work, work / "runs.jsonl", steps
        self.settings = {"known": FEW, "student": STUDENT, "steps": steps}
        work.mkdir(parents=True, exist_ok=True)

    @cached_property
    def made(self) -> tuple[PatchGrid, np.ndarray]:
        """(patches with something on them, the kind of each)."""
        kinds, whole = zip(*pictures(), strict=True)
        grid = cut_grid(store_of(whole), side=SIDE)
        lr = grid.lr(np.arange(len(grid)))
        grid = grid.subset(np.flatnonzero(lr.std(axis=(1, 2)).mean(-1) > 4))  # grey levels
        return grid, np.array(kinds)[grid.places[:, 0]]

    @cached_property
    def teacher(self):
        from sr_app.training.distillation import load_teacher

        return load_teacher("esrn_x2", SCALE)

    @cached_property
    def features(self) -> np.ndarray:
        from sr_app.training.shortlist import patch_features

        path = self.work / "features.npy"
        return np.array(patch_features(self.made[0], self.teacher, path, key="1"))

    @cached_property
    def taught(self) -> np.ndarray:
        """The teacher's picture of each patch, cut from that of the whole picture."""
        from sr_app.inference.upscaler import Upscaler

        grid, side = self.made[0], SCALE * SIDE
        upscaler = Upscaler.from_preset("esrn_x2")
        whole = [to_uint8(upscaler(grid.store.pair(i)[0])) for i in range(len(grid.store))]
        return np.stack(
            [
                whole[picture][SCALE * top :, SCALE * left :][:side, :side]
                for picture, top, left in grid.places
            ]
        )

    def lot(
        self, kind: str, prior: float, seed: int, *, others: bool = True, few: bool = False
    ) -> Lot:
        """Pictures known, held out and in the mixed lot are different ones."""
        grid, kinds = self.made
        rng = np.random.default_rng((seed, 7))
        numbers = rng.permutation(np.unique(grid.places[kinds == kind, 0]))
        known, held, rest = (
            np.flatnonzero(np.isin(grid.places[:, 0], part))
            for part in np.split(numbers, [KNOWN, KNOWN + min(HELD, len(numbers) // 3)])
        )
        if few:
            known = known[np.isin(grid.places[known, 0], numbers[:FEW])]
        if not others:
            return Lot(known, rest, held, kinds == kind)
        strange = np.flatnonzero(kinds != kind)
        positives = min(len(rest), round(prior / (1 - prior) * len(strange)))
        negatives = min(len(strange), round((1 - prior) / prior * positives))
        mixed = [rng.permutation(rest)[:positives], rng.permutation(strange)[:negatives]]
        return Lot(known, np.sort(np.concatenate(mixed)), held, kinds == kind)

    def once(self, **run) -> Iterator[dict]:
        """The kept record of a run, or the run itself: yields a dictionary to be filled."""
        if agreeing(read_lines(self.lines), run):
            return
        started, record = time.process_time(), dict(run)
        yield record
        record = {key: getattr(value, "item", lambda v=value: v)() for key, value in record.items()}
        record["seconds"] = round(time.process_time() - started, 1)
        append(self.lines, record)
        print(record, flush=True)

    def selector(self, lot: Lot, rule: str, prior: float, seed: int, name: str) -> np.ndarray:
        """Scores of all patches."""
        from sr_app.training.pu_risk import unlabeled_as_negative
        from sr_app.training.selection import score_rows, train_selector
        from sr_app.training.self_training import self_train

        known, unlabeled = self.features[lot.known], self.features[lot.unlabeled]
        if rule == "self-training":
            return self_train(known, unlabeled, prior=prior).scores(self.features)
        share = len(known) / (len(known) + len(unlabeled))
        choice = {
            "non-negative": {"prior": prior},
            "naive": {"risk": partial(unlabeled_as_negative, positive_share=share)},
            "naive, balanced": {"risk": partial(unlabeled_as_negative, positive_share=0.5)},
        }[rule]
        folder = self.work / "selectors" / name
        chosen = train_selector(known, unlabeled, folder, steps=200, seed=seed, **choice)
        return score_rows(chosen, self.features)

    def student(self, rows: np.ndarray, seed: int, name: str, *, clusters=None, radius=0.0):
        """Distilled on these patches; its PSNR is asked of `judge`."""
        import keras

        from sr_app.networks.esrn import build_esrn
        from sr_app.networks.genotype import Genotype
        from sr_app.training.cached_distillation import cached_crops, train_on_cached
        from sr_app.training.schedule import Batches, Schedule

        keras.utils.set_random_seed(seed)
        network = build_esrn(Genotype.parse(STUDENT, width=WIDTH, tail="anchor"), SCALE)
        schedule = Schedule(
            self.steps,
            epoch=self.steps // 2,
            learning_rate=2e-3,
            warmup=self.steps // 10,
            average=0.99,
            seed=seed,
        )
        kinds = np.zeros(len(rows), "int32") if clusters is None else clusters[rows]
        grid, taught = self.made[0].subset(rows), Subset(self.taught, rows)
        train_on_cached(
            network,
            cached_crops(grid, taught, kinds, schedule, Batches(batch=8, patch=24)),
            kinds,
            self.work / "students" / f"{name}_{self.steps}_{WIDTH}",
            schedule,
            radius=radius,
        )
        return network

    def errors(self, network, rows: np.ndarray) -> np.ndarray:
        """Mean squared error of Y, 16 to 235, against the HR of each patch."""
        grid = self.made[0]
        if network == "teacher":
            sr = np.asarray(self.taught[rows], "float32") / 255
        else:
            sr = np.array(network(to_float(grid.lr(rows, margin=BORDER)))).clip(0, 1)
            cut = SCALE * BORDER
            sr = sr[:, cut:-cut, cut:-cut]
        hr = [self.hr(*grid.places[row]) for row in rows]
        pairs = zip(sr, hr, strict=True)
        return np.array([np.mean((luma(a) - luma(b)) ** 2) for a, b in pairs])

    def hr(self, picture: int, top: int, left: int) -> np.ndarray:
        hr = self.made[0].store.pair(picture)[1]
        side = SCALE * SIDE
        return to_float(hr[SCALE * top :, SCALE * left :][:side, :side])


@dataclass(frozen=True)
class Subset:
    """Some pictures of the teacher's, read when they are indexed."""

    pictures: np.ndarray
    rows: np.ndarray

    def __getitem__(self, place):
        row, *rest = place
        return self.pictures[(self.rows[row], *rest)]


def store_of(whole) -> PictureStore:
    """HR pictures and their bicubic LR in memory."""
    parts, shapes, offsets, position = [], [], [], 0
    for hr in whole:
        lr = imresize(hr, 1 / SCALE)
        shapes.append((hr.shape[:2], lr.shape[:2]))
        offsets.append((position, position + hr.size))
        parts += [hr.ravel(), lr.ravel()]
        position += hr.size + lr.size
    return PictureStore(np.concatenate(parts), tuple(shapes), tuple(offsets), SCALE)


def psnr(errors: np.ndarray) -> float:
    """Of all pixels of the patches together, dB."""
    return float(10 * np.log10(255**2 / errors.mean()))


def judged(scores: np.ndarray, of_kind: np.ndarray) -> dict[str, float]:
    """AUC by ranks, and F1 at the threshold 0."""
    from scipy.stats import rankdata

    ranks, positives = rankdata(scores), of_kind.sum()
    area = ranks[of_kind].sum() - positives * (positives + 1) / 2
    found = int(((scores > 0) & of_kind).sum())
    f1 = 2 * found / max(1, int((scores > 0).sum()) + int(positives))
    return {"auc": area / (positives * (len(scores) - positives)), "f1": f1}


def nearest_mean(features: np.ndarray, lot: Lot) -> np.ndarray:
    """Nearness to the known patches' mean; as a threshold the farthest of nine known in ten."""
    rows = features[np.concatenate([lot.known, lot.unlabeled])]
    mean, deviation = features[lot.known].mean(0), np.maximum(rows.std(0), 1e-6)
    distance = np.linalg.norm((features - mean) / deviation, axis=1)
    return np.quantile(distance[lot.known], 0.9) - distance


def find_kinds(bench: Bench, seeds: int) -> None:
    """The first part."""
    from sr_app.training.prior import estimate_prior

    for kind in SOUGHT:
        for prior in PRIORS:
            for seed in range(seeds):
                lot = bench.lot(kind, prior, seed)
                asked = {"part": "find", "kind": kind, "prior": prior, "seed": seed}
                truth = lot.of_kind[lot.unlabeled]
                for record in bench.once(**asked, rule="nearest mean"):
                    scores = nearest_mean(bench.features, lot)[lot.unlabeled]
                    sides = bench.features[lot.known], bench.features[lot.unlabeled]
                    groups = tuple(bench.made[0].places[r, 0] for r in (lot.known, lot.unlabeled))
                    record["estimate"] = estimate_prior(*sides, groups=groups, seed=seed)
                    record.update(judged(scores, truth), share=float(truth.mean()))
                for rule in RULES:
                    for record in bench.once(**asked, rule=rule):
                        name = f"{kind}_{prior}_{seed}_{rule[:3]}{len(rule)}"
                        scores = bench.selector(lot, rule, truth.mean(), seed, name)
                        record.update(judged(scores[lot.unlabeled], truth))


def teach_students(bench: Bench, kind: str, prior: float, seeds: int, *, others: bool) -> None:
    """The second part: one kind, all ways to choose; alone, the homogeneous lot."""
    part = "students" if others else "homogeneous"
    for seed in range(seeds):
        lot = bench.lot(kind, prior, seed, others=others, few=True)
        truth = lot.of_kind[lot.unlabeled].mean()
        asked = {"part": part, "kind": kind, "prior": prior, "seed": seed}
        name = f"{part}_{kind}_{prior}_{seed}"
        scores = bench.selector(lot, RULES[0], min(truth, 0.95), seed, name)
        chosen = lot.unlabeled[scores[lot.unlabeled] > 0]
        random = np.random.default_rng(seed).permutation(lot.unlabeled)[: len(chosen)]
        arms = {"P": [], "P + random": random, "P + selected": chosen}
        if others:
            arms["P + oracle"] = lot.unlabeled[lot.of_kind[lot.unlabeled]]
        for record in bench.once(**asked, arm="teacher", **bench.settings):
            record.update(psnr=psnr(bench.errors("teacher", lot.held)), patches=None)
        for arm, more in arms.items():
            for record in bench.once(**asked, arm=arm, **bench.settings):
                rows = np.sort(np.concatenate([lot.known, more]).astype(int))
                # The known alone are the same training in a lot of one kind: done once.
                folder = f"{name}_{arm[4:]}" if len(more) else f"{kind}_{seed}_alone"
                network = bench.student(rows, seed, folder)
                record.update(psnr=psnr(bench.errors(network, lot.held)), patches=len(rows))


def weigh_clusters(bench: Bench, kind: str, prior: float, seeds: int) -> None:
    """The second part's selected patches with and without weights of clusters."""
    from sr_app.training.clusters import cluster_rows

    for seed in range(seeds):
        lot = bench.lot(kind, prior, seed, few=True)
        truth = lot.of_kind[lot.unlabeled].mean()
        scores = bench.selector(lot, RULES[0], truth, seed, "")
        rows = np.sort(np.concatenate([lot.known, lot.unlabeled[scores[lot.unlabeled] > 0]]))
        used = np.concatenate([rows, lot.held])
        clusters = np.zeros(len(bench.features), "int32")
        clusters[used] = cluster_rows(bench.features[used], count=6, seed=seed)
        asked = {"part": "clusters", "kind": kind, "prior": prior, "seed": seed}
        for arm, radius in (("mean", None), ("inverse mass", 0.0), ("worst case", 0.5)):
            for record in bench.once(**asked, arm=arm, **bench.settings):
                options = {} if radius is None else {"clusters": clusters, "radius": radius}
                folder = f"clusters_{kind}_{prior}_{seed}_{arm}"
                if arm == "mean":
                    folder = (
                        f"students_{kind}_{prior}_{seed}_selected"  # they are the same training
                    )
                network = bench.student(rows, seed, folder, **options)
                errors = bench.errors(network, lot.held)
                each = [
                    psnr(errors[clusters[lot.held] == k]) for k in np.unique(clusters[lot.held])
                ]
                record.update(psnr=psnr(errors), mean=float(np.mean(each)), worst=min(each))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=1500, help="of each student")
    parser.add_argument("--students", choices=SOUGHT, help="students of this kind alone")
    parser.add_argument("--work", type=Path, default=REPOSITORY / "runs" / "selection_benchmark")
    parser.add_argument("--out", type=Path, help="Markdown file to write, a plot beside it")
    arguments = parser.parse_args()
    if not (REPOSITORY / "data" / "photos").is_dir():
        print("skipped: no photographs in data/photos")
        return
    card = read_card("esrn_x2")
    work = arguments.work / digest(card.file(card.weights))[:12]  # another teacher: anew
    bench = Bench(work, arguments.steps)
    _, kinds = bench.made
    print({kind: int((kinds == kind).sum()) for kind in KINDS}, flush=True)
    if arguments.students:
        teach_students(bench, arguments.students, 0.1, arguments.seeds, others=True)
        asked = {"part": "students", "kind": arguments.students, **bench.settings}
        lines = agreeing(read_lines(bench.lines), asked)
        if arguments.out:
            write_students(lines, arguments.out)
        return
    for seeds in range(1, arguments.seeds + 1):  # all of one seed first: a part says something too
        find_kinds(bench, seeds)
        teach_students(bench, "text", 0.1, seeds, others=True)
        teach_students(bench, "photographs", 0.1, seeds, others=True)
        weigh_clusters(bench, "text", 0.1, seeds)
        teach_students(bench, "photographs", 0.95, seeds, others=False)
    if arguments.out:
        counts = {kind: int((kinds == kind).sum()) for kind in KINDS}
        lines = read_lines(bench.lines)
        told = [run for run in lines if run["part"] == "find"] + agreeing(lines, bench.settings)
        write_report(told, arguments.out, counts, bench.settings)


if __name__ == "__main__":
    main()
