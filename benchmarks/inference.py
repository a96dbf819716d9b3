"""Speed and memory of inference, as ratios measured in one run: `python benchmarks/inference.py`.

Other work on the machine disturbs wall time, so the candidates of a table take turns and each
line gives the least wall time and the median of processor time (all threads together). Ratios
are to the first line. Sections: start, tiles, runtimes, graphs, sessions, memory; name some to
run only those. Networks: the published S, G and C blocks and the plain body of the shipped
presets, with random weights: time does not depend on them.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

PLAIN = "P_2_48_48,P_2_48_48,P_2_48_48,P_2_48_48,P_2_48_48"
NETWORKS = {
    "plain": (PLAIN, 48),
    "shrink": ("S_6_16_32,S_6_16_32,S_6_16_32,S_6_16_32", 32),
    "group": ("G_6_16_32,G_6_16_32,G_6_16_32,G_6_16_32", 32),
    "contextual": ("C_6_16_32,C_6_16_32,C_6_16_32,C_6_16_32", 32),
}
SCALE = 4
ROUNDS = 9
Work = Callable[[], object]


def take_turns(candidates: dict[str, Work], rounds: int = ROUNDS) -> dict[str, tuple[float, float]]:
    """(least wall milliseconds, median processor milliseconds) of each, interleaved."""
    walls: dict[str, list[float]] = {name: [] for name in candidates}
    loads: dict[str, list[float]] = {name: [] for name in candidates}
    for work in candidates.values():
        work()
    for _ in range(rounds):
        for name, work in candidates.items():
            time.sleep(0.02)  # let spinning threads of the one before come to rest
            wall, load = time.perf_counter(), time.process_time()
            work()
            walls[name].append(1e3 * (time.perf_counter() - wall))
            loads[name].append(1e3 * (time.process_time() - load))
    return {name: (min(walls[name]), float(np.median(loads[name]))) for name in candidates}


def table(title: str, rows: dict[str, tuple[float, float]], per: dict[str, float] | None = None):
    """Print times and their ratio to the first row; ``per`` divides each row by its amount."""
    print(f"\n{title}\n{'':34}{'wall ms':>10}{'ratio':>8}{'cpu ms':>10}{'ratio':>8}")
    per = per or dict.fromkeys(rows, 1.0)
    first = next(iter(rows))
    base = [value / per[first] for value in rows[first]]
    for name, (wall, load) in rows.items():
        ratios = wall / per[name] / base[0], load / per[name] / base[1]
        print(f"{name:34}{wall:10.1f}{ratios[0]:8.2f}{load:10.1f}{ratios[1]:8.2f}")


@cache
def folder() -> Path:
    """A temporary folder with one preset per network, removed at the end."""
    from sr_app.inference.export import export_onnx
    from sr_app.networks.esrn import build_esrn
    from sr_app.networks.genotype import Genotype
    from sr_app.networks.presets import GRAPH, Card, save_preset

    keep.append(tempfile.TemporaryDirectory(prefix="sr_app_bench_"))
    root = Path(keep[0].name)
    for name, (blocks, width) in NETWORKS.items():
        genotype = Genotype.parse(blocks, width=width, tail="anchor")
        model, place = build_esrn(genotype, SCALE), root / f"{name}_x{SCALE}"
        export_onnx(model, place / GRAPH, scale=SCALE)
        export_onnx(model, place / "native.onnx", scale=SCALE, groups="native")
        save_preset(model, Card(place.name, name, name, SCALE, genotype, graph=GRAPH, folder=place))
    (root / f"plain_x{SCALE}").rename(root / f"esrn_x{SCALE}")  # what the commands look for
    card = root / f"esrn_x{SCALE}" / "card.json"
    card.write_text(card.read_text().replace(f"plain_x{SCALE}", f"esrn_x{SCALE}"))
    return root


keep: list[tempfile.TemporaryDirectory] = []


def preset(name: str) -> Path:
    return folder() / f"{'esrn' if name == 'plain' else name}_x{SCALE}"


def session(
    path: Path,
    threads: int | None = None,
    arena: bool = True,
    pattern: bool = False,
    **entries: str,
):
    """An ONNX Runtime session; ``entries`` are keys below session.intra_op."""
    import onnxruntime

    from sr_app.files.machine import usable_cores

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads or usable_cores()
    options.enable_cpu_mem_arena = arena
    options.enable_mem_pattern = pattern
    for key, value in entries.items():
        options.add_session_config_entry(f"session.intra_op.{key}", value)
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def runner(chosen, side: int = 128, number: int = 1) -> Work:
    picture = np.random.default_rng(0).random((number, 3, side, side), np.float32)
    return lambda: chosen.run(None, {"lr": picture})


def start() -> None:
    """From a cold process: help, and a photo of 256x256 enlarged 4 times."""
    from PIL import Image

    photo = folder() / "photo.png"
    noise = np.random.default_rng(0).integers(0, 256, (256, 256, 3), np.uint8)
    Image.fromarray(noise).save(photo)
    environment = {**os.environ, "SR_APP_MODELS": str(folder())}
    upscale = ["upscale", str(photo), str(folder() / "out.png"), "--scale", "4"]

    print(f"\nCold start\n{'':34}{'wall s':>10}{'':8}{'cpu s':>10}")
    for name, arguments in (("sr-app --help (0.7)", ["--help"]), ("256x256 x4 (3.0)", upscale)):
        walls, loads = [], []
        for _ in range(5):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            wall = time.perf_counter()
            command = [sys.executable, "-m", "sr_app", *arguments]
            subprocess.run(
                command, cwd=REPOSITORY, env=environment, check=True, capture_output=True
            )
            walls.append(time.perf_counter() - wall)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            loads.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        print(f"{name:34}{min(walls):10.2f}{'':8}{float(np.median(loads)):10.2f}")


def tiles() -> None:
    """A photo of 600x800 with tiles of several sides, through the Upscaler."""
    from sr_app.inference.upscaler import Upscaler

    photo = np.random.default_rng(0).random((600, 800, 3), np.float32)
    sides = (256, 64, 96, 128, 192, 384, 512, 800)
    made = {side: Upscaler.from_preset(preset("plain"), tile=side) for side in sides}
    works = {}
    for side, upscaler in made.items():
        plan = upscaler.plan(600, 800)
        name = f"{side}: {plan.count} of {plan.tile[0]}x{plan.tile[1]}, work {plan.work:.2f}"
        works[name] = lambda upscaler=upscaler: upscaler(photo)
    table("Tiles (600x800, x4)", take_turns(works, 3))
    chosen = session(preset("plain") / "model.onnx")
    counts = (1, 4, 16)
    rows = take_turns({f"batch of {n} tiles of 64": runner(chosen, 64, n) for n in counts})
    table("Batches (ratios per tile)", rows, dict(zip(rows, counts, strict=True)))


def runtimes() -> None:
    """The same network and tile in every runtime."""
    from sr_app.inference.runtimes import RUNTIMES
    from sr_app.networks.presets import read_card

    picture = np.random.default_rng(0).random((1, 128, 128, 3), np.float32)
    for name in NETWORKS:
        made = {key: make(read_card(preset(name))) for key, make in RUNTIMES.items()}
        works = {key: lambda runtime=runtime: runtime.run(picture) for key, runtime in made.items()}
        table(f"Runtimes, {name} (128x128, x4)", take_turns(works))


def graphs() -> None:
    """What the exporter could choose: groups dense or native, shuffle order, fixed size or not."""
    place = preset("group")
    made = {name: session(place / name) for name in ("model.onnx", "native.onnx")}
    works = {f"{n}, {place.joinpath(n).stat().st_size} B": runner(s) for n, s in made.items()}
    table("Groups (128x128): dense (model.onnx) and native", take_turns(works))
    rows = take_turns({mode: runner(session(shuffle_graph(mode))) for mode in ("DCR", "CRD")})
    table("3x3 convolution of 48 channels and DepthToSpace(4), 128x128", rows)
    for name in ("plain", "shrink"):
        dynamic = preset(name) / "model.onnx"
        works = {
            "dynamic": runner(session(dynamic), 256),
            "fixed": runner(session(fixed(dynamic)), 256),
        }
        table(f"Size of the graph's input, {name} (256x256)", take_turns(works))


def fixed(path: Path) -> Path:
    """A copy of a graph that takes one picture of 256x256 only."""
    import onnx

    model = onnx.load(path)
    dimensions = model.graph.input[0].type.tensor_type.shape.dim
    for size, dimension in zip((1, 3, 256, 256), dimensions, strict=True):
        dimension.Clear()
        dimension.dim_value = size
    model.graph.output[0].type.tensor_type.ClearField("shape")
    onnx.save(model, path.with_name("fixed.onnx"))
    return path.with_name("fixed.onnx")


def shuffle_graph(mode: str) -> Path:
    from sr_app.inference import export
    from sr_app.layers.operations import Operation

    kernel = np.ones((48, 3, 3, 3), np.float32), np.zeros(48, np.float32)
    conv = Operation("Conv", "conv", ("lr",), kernel, {"pads": [1] * 4})
    pixels = Operation("DepthToSpace", "sr", ("conv",), (), {"blocksize": 4, "mode": mode})
    path = folder() / f"{mode}.onnx"
    path.write_bytes(export.graph_bytes((conv, pixels), 4))
    return path


def sessions() -> None:
    """Settings of ONNX Runtime."""
    from sr_app.files.machine import usable_cores
    from sr_app.inference.runtime_onnx import SPIN_MICROSECONDS

    cores = usable_cores()
    for name in ("plain", "shrink"):
        path = preset(name) / "model.onnx"
        made = {
            f"as shipped: {cores} threads": session(path, spin_duration_us=str(SPIN_MICROSECONDS)),
            "default spinning": session(path),
            "no spinning": session(path, allow_spinning="0"),
            "1 thread": session(path, threads=1),
            f"{2 * cores} threads": session(path, threads=2 * cores),
            "no memory arena": session(path, arena=False),
            "planned memory": session(path, pattern=True),
        }
        rows = take_turns({key: runner(value) for key, value in made.items()})
        table(f"Sessions, {name} (128x128, x4)", rows)


def memory() -> None:
    """Peak memory of whole processes by size of the photo, and of one tile against its estimate."""
    print(f"\nPeak memory{'':23}{'MB':>10}{'result MB':>12}")
    for height, width in ((64, 64), (500, 500), (1000, 1000), (2000, 2000)):
        peak = peak_of(f"upscaler(np.zeros(({height}, {width}, 3), np.float32))")
        print(f"{f'photo of {width}x{height}, x4':34}{peak:10.0f}{height * width * 192e-6:12.0f}")
    from sr_app.inference.memory import bytes_per_pixel
    from sr_app.networks.presets import read_card

    print(f"\nOne tile{'':26}{'MB':>10}{'estimate':>12}")
    for name in NETWORKS:
        estimate = bytes_per_pixel(read_card(preset(name))) * 384 * 384 / 1e6
        one = "upscaler.runtime.run(np.zeros((1, {0}, {0}, 3), np.float32))"
        more = peak_of(one.format(384), name) - peak_of(one.format(2), name)
        print(f"{f'{name}, 384x384, x4':34}{more:10.0f}{estimate:12.0f}")


def peak_of(statement: str, name: str = "plain") -> float:
    """Peak resident memory in MB of a process that makes an Upscaler and runs a statement."""
    program = (
        "import numpy as np\nfrom sr_app import Upscaler\n"
        f"upscaler = Upscaler.from_preset({str(preset(name))!r})\n{statement}\n"
        # Linux; getrusage would tell the parent's peak, which a child inherits.
        "print([x.split()[1] for x in open('/proc/self/status') if x.startswith('VmHWM')][0])"
    )
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True)
    return int(done.stdout) / 1e3


SECTIONS = {f.__name__: f for f in (start, tiles, runtimes, graphs, sessions, memory)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("sections", nargs="*", choices=[[], *SECTIONS], help="all if none is named")
    for name in parser.parse_args().sections or SECTIONS:
        SECTIONS[name]()
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    print(f"\n{os.cpu_count()} cores{load}")


if __name__ == "__main__":
    main()
