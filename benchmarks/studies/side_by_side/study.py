"""Networks side by side: what a megapixel of the result takes, and how good it is.

    taskset -c 1 study.py time disp_x4 realesrgan_x4plus
    study.py quality disp_x4 realesrgan_x4plus
    taskset -c 1 study.py precision esrn_s_x4 esrn_l_x4
    study.py

The presets that somebody would choose are in every table; named ones, such as `sr-app presets add`
makes of a network made elsewhere, stand beside them. `time` needs a core for itself: in one run all
networks take turns, and a matrix product with them, whose speed is what the core can do.
`precision` is of the named ones alone: their graphs in 8 bits, and in OpenVINO with bfloat16. What
is measured is kept in measured.json; without a section the README and its picture are written anew.
Of another processor times and precision are kept beside it, `--kept measured_avx512.json` say, and
stand in a section of their own; quality is that of measured.json.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parents[2]
sys.path.insert(0, str(REPOSITORY))
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from benchmarks.cards import least  # noqa: E402
from benchmarks.studies.side_by_side.report import write_report  # noqa: E402
from sr_app.evaluation.benchmark import evaluate  # noqa: E402
from sr_app.files.json_table import read_table, write_table  # noqa: E402
from sr_app.files.machine import usable_cores  # noqa: E402
from sr_app.inference.export_onnx import graph_of  # noqa: E402
from sr_app.inference.export_onnx_int8 import photo_parts, quantised  # noqa: E402
from sr_app.inference.runtime_onnx import OnnxRuntime, graph_file  # noqa: E402
from sr_app.inference.runtimes import choose  # noqa: E402
from sr_app.inference.upscaler import Upscaler  # noqa: E402
from sr_app.jobs.hardware import processor, told  # noqa: E402
from sr_app.networks.features import has_weights  # noqa: E402
from sr_app.networks.presets import CARD, Card, read_card  # noqa: E402

KEPT = HERE / "measured.json"
SETS = {"Kodak24": ("psnr", "lpips"), "Set14": ("psnr",)}
"""What is measured on which set; LPIPS where its weights are there."""
SIDE = 512
"""Of the timed result, in pixels."""
INSTRUCTIONS = {"avx512f": "AVX-512", "avx512_vnni": "VNNI", "avx512_bf16": "bfloat16"}
"""Flag of Linux -> what it is called; what makes times of two processors of one name differ."""
PRODUCT = 1024
"""Side of the square matrices whose product is the measure of the core."""


def shipped() -> list[Card]:
    """The presets of this repository that somebody would choose."""
    cards = (read_card(path.parent) for path in sorted((REPOSITORY / "models").glob(f"*/{CARD}")))
    return [card for card in cards if card.purpose != "study"]


def multiply_adds(card: Card) -> int | None:
    """Of the convolutions for the timed result; None for a graph that ONNX cannot read."""
    if card.multiply_adds is not None:  # for 1280 x 720
        return round(card.multiply_adds * SIDE**2 / (1280 * 720))
    if not card.graph or not card.graph.endswith(".onnx"):
        return None
    import onnx

    model = onnx.load(graph_file(card))
    shape = model.graph.input[0].type.tensor_type.shape.dim
    for dimension, size in zip(shape, (1, 3, SIDE // card.scale, SIDE // card.scale), strict=True):
        dimension.dim_value = size
    inferred = onnx.shape_inference.infer_shapes(model, data_prop=True).graph
    sizes = {
        value.name: [dimension.dim_value for dimension in value.type.tensor_type.shape.dim]
        for value in (*inferred.value_info, *inferred.output)
    }
    weights = {tensor.name: tuple(tensor.dims) for tensor in inferred.initializer}
    nodes = [node for node in inferred.node if node.op_type == "Conv"]
    return sum(
        int(np.prod(weights[node.input[1]])) * int(np.prod(sizes[node.output[0]][2:]))
        for node in nodes
    )


def tile_side(card: Card) -> int:
    """Of the timed tile, in pixels of the photo."""
    return SIDE // card.scale // card.multiple_of * card.multiple_of


def noise(side: int) -> np.ndarray:
    return np.random.default_rng(0).random((1, side, side, 3), np.float32)


def hardware() -> dict:
    """The processor, what it computes beside AVX2 as far as Linux says, and the cores in use."""
    flags = told("flags").split()
    beside = [name for flag, name in INSTRUCTIONS.items() if flag in flags]
    return {"processor": processor(), "instructions": beside, "cores": usable_cores()}


def measure_time(cards: list[Card], rounds: int) -> dict:
    """Processor seconds of every network for a result of SIDE x SIDE, of one process."""
    works: dict[str, Callable[[], object]] = {}
    for card in cards:
        works[card.name] = partial(choose(card).run, noise(tile_side(card)))
    left, right = np.random.default_rng(1).random((2, PRODUCT, PRODUCT), np.float32)
    seconds = least(works | {"product": lambda: left @ right}, rounds)
    peak = PRODUCT**3 / seconds.pop("product")
    rows = {}
    for card in cards:
        spent = seconds[card.name] * (SIDE / tile_side(card) / card.scale) ** 2
        work = multiply_adds(card)
        rows[card.name] = {
            "scale": card.scale,
            "parameters": card.parameters,
            "multiply_adds_per_pixel": work and round(work / SIDE**2),
            "seconds_per_megapixel": round(spent / SIDE**2 * 1e6, 4),
            "share_of_peak": work and round(work / spent / peak, 3),
        }
    return hardware() | {
        "rounds": rounds,
        "peak_multiply_adds_per_second": round(peak),
        "networks": rows,
    }


def measure_quality(cards: list[Card], data: Path, known: dict) -> dict:
    """The scores of SETS, protocol y; what is known is kept."""
    for card in cards:
        row = known.setdefault(card.name, {})
        for name, wanted in SETS.items():
            if name in row:
                continue
            metrics = [each for each in wanted if each != "lpips" or has_weights("squeeze")]
            upscaler = Upscaler.from_preset(card.folder)
            mean = evaluate(upscaler, data / name, scale=card.scale, metrics=metrics).mean
            row[name] = {metric: round(value, 4) for metric, value in mean.items()}
            print(card.name, name, row[name], flush=True)
    return known


def bfloat16(card: Card) -> Callable[[np.ndarray], np.ndarray] | None:
    """The graph in OpenVINO with bfloat16; None where the processor has none."""
    import openvino as ov

    core = ov.Core()
    if "BF16" not in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES"):
        return None
    hints = {"INFERENCE_PRECISION_HINT": "bf16", "INFERENCE_NUM_THREADS": usable_cores()}
    compiled = core.compile_model(str(graph_file(card)), "CPU", hints)
    return lambda tile: compiled(tile.transpose(0, 3, 1, 2))[0].transpose(0, 2, 3, 1)


def measure_precision(cards: list[Card], data: Path, rounds: int) -> dict:
    """Time as a share of float32's, and PSNR less float32's on Kodak24, of 8 bits and bfloat16."""
    rows = {}
    for card in cards:
        runs = {"float32": OnnxRuntime(card).run}
        runs["int8"] = OnnxRuntime(card, quantised(graph_of(card), photo_parts(card)[::2])).run
        if half := bfloat16(card):
            runs["bfloat16"] = half
        tile = noise(SIDE // card.scale)
        seconds = least({name: partial(run, tile) for name, run in runs.items()}, rounds)
        scores = {name: kodak(run, card, data) for name, run in runs.items()}
        rows[card.name] = {
            name: {
                "time": round(seconds[name] / seconds["float32"], 3),
                "psnr": round(scores[name] - scores["float32"], 3),
            }
            if name in runs
            else None
            for name in ("int8", "bfloat16")
        }
        print(card.name, rows[card.name], flush=True)
    return hardware() | {"networks": rows}


def kodak(run: Callable[[np.ndarray], np.ndarray], card: Card, data: Path) -> float:
    """PSNR on Kodak24 of a network run on whole pictures."""

    def enlarge(lr: np.ndarray) -> np.ndarray:
        return np.clip(run(np.asarray(lr, np.float32)[None] / 255)[0], 0, 1)

    return evaluate(enlarge, data / "Kodak24", scale=card.scale, metrics=("psnr",)).mean["psnr"]


def read_arguments() -> argparse.Namespace:
    """What the module's text describes."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("section", nargs="?", choices=("time", "quality", "precision"))
    parser.add_argument("presets", nargs="*", help="networks beside the shipped ones")
    parser.add_argument("--data", type=Path, default=REPOSITORY / "data", help="the sets' folder")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--kept", type=Path, default=KEPT, help="what was measured")
    parser.add_argument("--out", type=Path, default=HERE, help="folder of the README")
    return parser.parse_args()


def main() -> None:
    """Measure a section, if one is named, then write the report."""
    given = read_arguments()
    named = [read_card(name) for name in given.presets]
    known = read_table(given.kept) if given.kept.is_file() else {}
    if given.section == "time":
        known["time"] = measure_time([*shipped(), *named], given.rounds)
    elif given.section == "quality":
        earlier = known.get("quality", {})
        known["quality"] = measure_quality([*shipped(), *named], given.data, earlier)
    elif given.section == "precision":
        known["precision"] = measure_precision(named, given.data, given.rounds)
    if given.section:
        write_table(given.kept, known)
    others = [read_table(path) for path in sorted(HERE.glob(f"{KEPT.stem}_*.json"))]
    write_report(read_table(KEPT), others, given.out)


if __name__ == "__main__":
    main()
