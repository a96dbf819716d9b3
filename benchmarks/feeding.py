"""What reading batches costs a training: steps on random crops against steps on constant arrays.

Run it from the top folder: python benchmarks/feeding.py [--pictures 16] [--rounds 7]

Both kinds of step go through the same `fit` of the same compiled stage and take turns, so that
other work on the machine disturbs both; a ratio is the median over the turns. 1.00 means that the
crops cost nothing; the bar is 0.95. Each backend runs in a process of its own. Pictures: of
data/photos if it is there, else those that come with scikit-image.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

BACKENDS = ("tensorflow", "jax")
# name -> blocks, width, steps in a turn: 11 thousand parameters, and the shipped presets' body
NETWORKS = {
    "small": ("P_2_16_16", 16, 24),
    "medium": ("P_2_48_48,P_2_48_48,P_2_48_48,P_2_48_48,P_2_48_48", 48, 5),
}
SCALE, BATCH, PATCH = 2, 16, 24
BAR = 0.95


def pictures(count: int, folder: Path) -> list[Path]:
    """Files to train on; those of scikit-image are written into the folder."""
    from sr_app.image.files import Photo, find_photos, write_photo

    photos = REPOSITORY / "data" / "photos"
    if photos.is_dir():
        return find_photos(photos)[:count]
    from skimage import data

    for name in ("astronaut", "chelsea", "coffee"):
        rgb = (getattr(data, name)() / 255).astype("float32")
        write_photo(Photo(rgb=rgb), folder / f"{name}.png")
    return find_photos(folder)


def prepare(count: int, folder: Path):
    """The store of the pictures, and its size in bytes."""
    from sr_app.datasets.store import PIXELS, open_store

    sources = [(path, None) for path in pictures(count, folder)]
    store = open_store(sources, folder / "cache", scale=SCALE)
    return store, sum(path.stat().st_size for path in folder.rglob(PIXELS))


def make_stage(blocks: str, width: int):
    """A compiled stage as `train_on_pairs` makes it."""
    import keras

    from sr_app.networks.esrn import build_esrn
    from sr_app.networks.genotype import Genotype
    from sr_app.training.losses import l1
    from sr_app.training.supervised import SupervisedTraining

    network = build_esrn(Genotype.parse(blocks, width=width, conv="rep", tail="anchor"), SCALE)
    stage = SupervisedTraining(network, l1)
    stage.compile(keras.optimizers.Adam(1e-4, use_ema=True, ema_momentum=0.999), jit_compile=False)
    return stage


def measure(blocks: str, width: int, steps: int, rounds: int, store) -> dict[str, float]:
    """Milliseconds of a step of either kind, wall and processor, and of a batch alone."""
    import keras

    from sr_app.datasets.patches import PairedPatches

    class Constant(keras.utils.PyDataset):
        """The same arrays at every step."""

        def __len__(self):
            return steps

        def __getitem__(self, index):
            return arrays

    class Stopwatch(keras.callbacks.Callback):
        """From the end of the first step, which starts the feeding, to that of the last."""

        def on_train_batch_end(self, batch, logs=None):
            if batch == 0:
                self.start = time.perf_counter(), time.process_time()

        def on_epoch_end(self, epoch, logs=None):
            ends = time.perf_counter(), time.process_time()
            self.spent = [
                1e3 * (b - a) / (steps - 1) for a, b in zip(self.start, ends, strict=True)
            ]

    def turn(data) -> list[float]:
        watch = Stopwatch()
        stage.fit(data, shuffle=False, callbacks=[watch], verbose=0)
        return watch.spent

    crops = PairedPatches(store, patch=PATCH, batch=BATCH, steps=steps)
    arrays, stage = crops[0], make_stage(blocks, width)
    turn(Constant())
    turns = [(turn(Constant()), turn(crops)) for _ in range(rounds)]
    start = time.perf_counter()
    for index in range(steps):
        crops[index]
    return {
        "batch_ms": 1e3 * (time.perf_counter() - start) / steps,
        "constant_ms": median(constant[0] for constant, _ in turns),
        "crops_ms": median(fed[0] for _, fed in turns),
        "wall": median(constant[0] / fed[0] for constant, fed in turns),
        "processor": median(constant[1] / fed[1] for constant, fed in turns),
    }


def work(count: int, rounds: int) -> dict:
    """All networks on this process's backend."""
    with tempfile.TemporaryDirectory() as name:
        store, size = prepare(count, Path(name))
        rows = {title: measure(*network, rounds, store) for title, network in NETWORKS.items()}
        return {"rows": rows, "store": size, "pictures": len(store), "memory": memory()}


def memory() -> dict[str, float]:
    """Megabytes of this process: the peak; now its own; now of mapped files."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    now = dict(line.split(":", 1) for line in lines)
    own, mapped = (int(now[name].split()[0]) / 1e3 for name in ("RssAnon", "RssFile"))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    return {"peak": peak, "own": own, "mapped": mapped}


def report(backend: str, found: dict) -> None:
    """Print a backend's lines."""
    print(f"\n{backend}: {found['pictures']} pictures, store {found['store'] / 1e6:.0f} MB;")
    print("memory: " + ", ".join(f"{name} {mb:.0f} MB" for name, mb in found["memory"].items()))
    heads = ("batch alone", "constant", "crops", "ratio, wall", "ratio, cpu")
    print(f"{'network':10}" + "".join(f"{head:>13}" for head in heads))
    for name, row in found["rows"].items():
        times = "".join(f"{row[key]:>10.1f} ms" for key in ("batch_ms", "constant_ms", "crops_ms"))
        verdict = "" if row["wall"] >= BAR else f"  below {BAR}"
        print(f"{name:10}{times}{row['wall']:>13.3f}{row['processor']:>13.3f}{verdict}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pictures", type=int, default=16)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        print(json.dumps(work(options.pictures, options.rounds)))
        return
    print(f"load of the machine before: {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores")
    print(f"x{SCALE}, batch {BATCH}, LR crops of {PATCH}x{PATCH}")
    for backend in BACKENDS:
        command = [sys.executable, __file__, "--worker"]
        command += ["--pictures", str(options.pictures), "--rounds", str(options.rounds)]
        done = subprocess.run(
            command, env={**os.environ, "KERAS_BACKEND": backend}, capture_output=True, text=True
        )
        if done.returncode:
            sys.exit(f"{backend}: {done.stderr.strip().splitlines()[-1]}")
        report(backend, json.loads(done.stdout.splitlines()[-1]))


if __name__ == "__main__":
    main()
