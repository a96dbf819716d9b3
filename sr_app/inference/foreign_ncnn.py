"""The door for ncnn: a ``.param`` and its ``.bin`` are found out by running them.

A damaged file ends ncnn's process. So a file is first run in a process of its own.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from sr_app.files.rules import check_length
from sr_app.inference.foreign_child import run_apart
from sr_app.inference.foreign_network import ForeignNetwork, channels_of
from sr_app.inference.foreign_param import Param, parameter_count, read_param
from sr_app.inference.foreign_probing import RAN_NOT, Trial, any_size
from sr_app.inference.foreign_steps import Steps
from sr_app.inference.foreign_values import find_values
from sr_app.inference.foreign_wrapping import Manner
from sr_app.inference.runtime_ncnn import NcnnNet, adapted, load_ncnn
from sr_app.networks.imported import RANGES, ImportedFamily
from sr_app.networks.ncnn_graph import NcnnGraph

PARAM, BIN = "model.param", "model.bin"
LARGEST_FILE = 512 << 20
"""Bytes of weights that are read at all."""

PATIENCE = 600
"""Seconds after which that trial is given up."""

ATTEMPT = "import sys; from sr_app.inference.foreign_steps import attempt; attempt(*sys.argv[1:])"


def bring_ncnn(path: Path) -> ForeignNetwork:
    """The network of a ``.param`` with its ``.bin`` beside it, or of a folder that holds one.

    Raises:
        ValueError: one line, for files that hold no network that enlarges or restores pictures.
        MissingExtraError: without ncnn.
        OSError: if they cannot be read.
    """
    param_file, weights = find_pair(path)
    param = read_param(param_file)
    check_kinds(param, param_file)
    ((taken,), (given,)) = param.ends()
    check_survives(param_file, weights, taken, given)
    net = NcnnNet(param_file, weights, taken, given)
    steps = Steps(net, param)
    for channels in (3, 1):
        sizes = any_size(Trial(steps, channels, False, "float32"), Manner(1, channels))
        if sizes is not None:
            break
    else:
        raise ValueError(
            f"{param_file}: expected {RAN_NOT} by a whole factor from 1 to "
            f"{max(ImportedFamily.SCALES)}, in colour or luma. Received: one that does not do so "
            "with any picture tried"
        )
    named_bgr = "bgr" in f"{taken} {given} {param_file.stem}".lower()
    manner = find_values(sizes, param_file, named_bgr=named_bgr)
    network = described(manner, taken, given, channels_of(steps.widest(sizes.padded), sizes))
    return ForeignNetwork(
        replace(sizes, manner=manner),
        lambda picture: adapted(net, network, manner.scale, picture[None])[0],
        network,
        {PARAM: param_file.read_bytes(), BIN: weights.read_bytes()},
        PARAM,
        BIN,
        parameter_count(param),
    )


def find_pair(path: Path) -> tuple[Path, Path]:
    """The two files.

    Raises:
        ValueError: naming what is missing or too large, or the choice there is.
    """
    if path.is_dir():
        found = sorted(path.glob("*.param"))
        if len(found) != 1:
            names = ", ".join(each.name for each in found[:12]) or "none"
            raise ValueError(f"{path}: expected one .param, or its name. Received: {names}")
        path = found[0]
    weights = path.with_suffix(".bin")
    if not weights.is_file():
        raise ValueError(f"{path}: expected its weights beside it. Missing: {weights.name}")
    check_length(weights, LARGEST_FILE)
    return path, weights


def check_kinds(param: Param, path: Path) -> None:
    """ValueError for layers that ncnn does not have."""
    ncnn = load_ncnn()
    unknown = sorted({each.kind for each in param.layers if ncnn.layer_to_index(each.kind) < 0})
    if unknown:
        raise ValueError(
            f"{path}: expected ncnn's own layers. Received: {', '.join(map(ascii, unknown[:4]))}"
        )


def check_survives(param: Path, weights: Path, taken: str, given: str) -> None:
    """Load and run the network once in another process, which it may end.

    Raises:
        ValueError: if it does, or if ncnn refuses the files, with its words.
    """
    files = (str(param), str(weights))
    if failed := run_apart(ATTEMPT, *files, taken, given, patience=PATIENCE):
        raise ValueError(
            f"{param}: expected a network that ncnn can run, with its weights in {weights.name}. "
            f"Received: {failed}"
        )


def described(manner: Manner, taken: str, given: str, channels: int) -> NcnnGraph:
    """The card's description."""
    return NcnnGraph(
        channels=channels,
        input=taken,
        output=given,
        takes=RANGES[manner.takes],
        gives=RANGES[manner.gives],
        bgr_in=manner.bgr_in,
        bgr_out=manner.bgr_out,
        luma=manner.channels == 1,
        least=manner.least,
        lost=manner.lost,
        pad=manner.pad,
    )
