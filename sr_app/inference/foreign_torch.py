"""The door for PyTorch: weights alone, whose architecture spandrel knows, are written as ONNX.

The graph is what PyTorch traces at one size. Where it gives PyTorch's result at others too, it
takes any; an architecture that writes a picture's size into its graph, as attention in windows
does, is given to PyTorch's newer exporter, or traced again for tiles of one size.
"""

from __future__ import annotations

import copy
import io
import re
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from sr_app.files.extras import is_installed, naming_extras
from sr_app.files.machine import usable_cores
from sr_app.files.quiet import quiet_start, silent_output
from sr_app.files.rules import check_length
from sr_app.inference.export_comparison import output_difference
from sr_app.inference.foreign_graph import parse_foreign
from sr_app.inference.foreign_network import ForeignNetwork
from sr_app.inference.foreign_onnx import bring_graph, engine_of
from sr_app.inference.foreign_probing import RAN_NOT
from sr_app.inference.foreign_scene import scene
from sr_app.inference.foreign_torch_dynamo import exported
from sr_app.inference.foreign_torch_forms import as_in_training
from sr_app.inference.runtime import line_of
from sr_app.inference.tiles import round_up

LARGEST_FILE = 1 << 30
"""Bytes of a file that is read at all."""

SIDE = 64
"""Pixels a side, about, of the picture that is traced."""

TILE = 128
"""Pixels a side of the traced picture where the graph takes one size alone."""

OPSET, NEWER_OPSET = 17, 18

ALIKE = 1e-3
"""Largest difference of a graph's result from PyTorch's, of values from 0 to 1."""

A_LEVEL = 1 / 255
"""The same at the traced size, where rounding alone parts them, and what that decides: a sort."""

INSIDE = (
    *("", "generator_ema.", "generator.", "network.", "net_g.", "model.", "_orig_mod.", "module."),
    *("model._orig_mod.", "module._orig_mod.", "net_g_ema.", "ema_model.", "ema_model.module."),
)
"""What comes before the names of a network's weights where a file holds a whole training's."""

ROUNDING = 2
"""Times the difference at the traced size up to which it is the same at others: ATD sorts by what
rounding changes, and is as near there as here."""

PURPOSES = ("SR", "Restoration", "FaceSR")


def bring_torch(path: Path) -> ForeignNetwork:
    """The network of a ``.pth`` or ``.safetensors``.

    Raises:
        ValueError: one line, for a file that holds more than weights, or those of no known network
            that enlarges or restores pictures, or one that ONNX cannot hold.
        MissingExtraError: without PyTorch or spandrel.
        OSError: if it cannot be read.
    """
    check_length(path, LARGEST_FILE)
    described = known_network(read_weights(path), path)
    module = Described(described)
    data, sides, difference = written(module, path)
    graph = parse_foreign(data, path)
    network = bring_graph(graph, path, known=True)  # spandrel's rule
    if sides and not (network.network.side or follows(network, module)):
        network = bring_graph(graph, path, known=True, free=False)
    sides = sides if network.network.side else None
    told = f"read as {described.architecture.name}; within {difference:.1g} of PyTorch's result"
    one = f"; a graph for {sides[1]}x{sides[0]} pixels, for it depends on the size" if sides else ""
    return replace(network, notes=(*network.notes, told + one))


def follows(network: ForeignNetwork, described: Described) -> bool:
    """Whether a graph that was traced at one size gives PyTorch's result at others too."""
    step, seen = network.sizes.multiple, network.sizes.trial.seen
    side = round_up(max(SIDE, network.sizes.manner.least), step)
    for size in ((side, side), (side + step, side + 2 * step)):
        picture = scene(*size)
        theirs = described(seen(picture).transpose(2, 0, 1)[None])[0].transpose(1, 2, 0)
        if apart(lambda shown=picture: seen(network.run(shown)), theirs) > ALIKE:
            return False
    return True


class Described:
    """What spandrel knows of a network, as a module from a picture to a picture."""

    def __init__(self, found: Any):
        torch, _ = libraries()

        class Network(torch.nn.Module):
            """Architectures that take or give more than a picture are told so by spandrel alone."""

            def __init__(self):
                super().__init__()
                self.model = found.model

            def forward(self, picture: Any) -> Any:
                return found._call_fn(self.model, picture)

        self.needs, self.channels = found.size_requirements, found.input_channels
        self.module = Network().train(False)

    def taken(self, picture: np.ndarray) -> np.ndarray:
        """(h, w, 3) -> (1, c, h, w)."""
        channels = picture.transpose(2, 0, 1)[None, : self.channels]
        return np.ascontiguousarray(channels, np.float32)

    def __call__(self, picture: np.ndarray) -> np.ndarray:
        """(n, c, h, w) -> (n, c, H, W), by PyTorch."""
        torch, _ = libraries()
        with torch.no_grad():
            return self.module(torch.from_numpy(np.ascontiguousarray(picture))).numpy()


def libraries() -> tuple[Any, Any]:
    """PyTorch and spandrel.

    Raises:
        MissingExtraError: without them.
        ValueError: if their parts do not go together.
    """
    with naming_extras():
        import torch  # pyright: ignore[reportMissingImports]

        try:
            import spandrel  # pyright: ignore[reportMissingImports]
        except RuntimeError as error:  # torchvision of another build than torch
            reason = " ".join(str(error).split())[:160]
            raise ValueError(
                "Expected torch and torchvision of one build: install both from the same index. "
                f"Received: {reason}"
            ) from None
    torch.set_num_threads(usable_cores())
    return torch, spandrel


def read_weights(path: Path) -> dict:
    """Names and tensors of a file; no object of another kind is ever made of it.

    ValueError for a file that holds other things, or is damaged.
    """
    torch, spandrel = libraries()
    try:
        if path.suffix.lower() == ".safetensors":
            from safetensors.torch import load_file  # pyright: ignore[reportMissingImports]

            state = load_file(path, device="cpu")
        else:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of a pickle's version: what is read is checked
                state = torch.load(path, map_location="cpu", weights_only=True)
    except OSError:
        raise
    except Exception as error:  # zip's, pickle's, safetensors' and PyTorch's own
        reason = " ".join(str(error).split()) or type(error).__name__
        asked = re.search(r"GLOBAL (\S+)", reason)
        told = f"asks for {asked[1]}, which is not run" if asked else reason.rpartition("rror: ")[2]
        raise ValueError(
            f"{path}: expected weights alone. Received: a file that holds other things or is "
            f"damaged ({ascii(told)[1:-1][:160]})"
        ) from None
    weights = table_of(state)
    if weights:
        weights = table_of(spandrel.canonicalize_state_dict(weights))
    if not weights:
        raise ValueError(f"{path}: expected a table of weights. Received: none")
    return weights


def table_of(state: Any) -> dict:
    """The names and tensors of a file: of several tables the one named as averaged, else the first
    of those with most of them."""
    torch, _ = libraries()
    if not isinstance(state, dict):
        return {}
    own = {name: value for name, value in state.items() if torch.is_tensor(value)}
    inside = [(isinstance(name, str) and "ema" in name, table_of(state[name])) for name in state]
    tables = [(False, own), *inside]
    _, found = max(tables, key=lambda each: (bool(each[1]), each[0], len(each[1])))
    return found


def known_network(weights: dict, path: Path) -> Any:
    """What spandrel says of the weights.

    ValueError if it does not know them, or they are of no network for pictures alone.
    """
    _, spandrel = libraries()
    try:
        found = loaded(weights)
    except Exception as error:  # its own, and PyTorch's for weights of a strange shape
        first = ", ".join(ascii(str(name))[1:-1][:40] for name in sorted(map(str, weights))[:3])
        raise ValueError(
            f"{path}: expected weights of an architecture that spandrel {spandrel.__version__} "
            f"knows. Received: {type(error).__name__} for {len(weights)} weights, {first}, ..."
        ) from None
    picture = isinstance(found, spandrel.ImageModelDescriptor) and found.purpose in PURPOSES
    if not picture or found.input_channels not in (1, 3):
        raise ValueError(
            f"{path}: expected {RAN_NOT}. Received: {found.architecture.name}, for "
            f"{found.purpose}, of {found.input_channels} channels"
        )
    found.model.train(False).float()
    return found


def loaded(weights: dict) -> Any:
    """The network that spandrel makes of all weights, or of a part of them that trainings name."""
    _, spandrel = libraries()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what PyTorch will call otherwise
        for name in INSIDE:
            inside = {key[len(name) :]: weights[key] for key in weights if key.startswith(name)}
            with suppress(spandrel.UnsupportedModelError):
                return spandrel.ModelLoader().load_from_state_dict(inside)
        return spandrel.ModelLoader().load_from_state_dict(weights)


def written(described: Described, path: Path) -> tuple[bytes, tuple[int, int] | None, float]:
    """A graph that gives PyTorch's result; the one size that it takes, if so; the difference.

    ValueError for operators that ONNX does not have, or another result.
    """
    needs = described.needs
    step = max(1, needs.multiple_of)
    side = round_up(max(SIDE, needs.minimum), step)
    if not needs.square:
        pictures = trials([(side, side), (side + step, side + 2 * step)])
        for write in ways(described, side, path):
            with suppress(ValueError):  # what one refuses, the next one may write
                data = write()
                first, *others = differences(described, data, pictures)
                # At the traced size rounding alone parts them, and what that decides.
                if max(others) <= max(ALIKE, ROUNDING * first) and first <= A_LEVEL:
                    return data, None, max(first, *others)
    side, difference = round_up(max(TILE, needs.minimum), step), float("inf")
    for form in forms(described):  # some operators ONNX has for one size alone
        data = traced(form, (side, side), path, free=False)
        difference = max(differences(described, data, trials([(side, side)])))
        if difference <= A_LEVEL:
            return data, (side, side), difference
    raise ValueError(
        f"{path}: expected a graph within {A_LEVEL:.2g} of PyTorch's result. Received: "
        + ("none that runs" if np.isinf(difference) else f"{difference:.2g}")
    )


def ways(described: Described, side: int, path: Path) -> Iterator[Callable[[], bytes]]:
    """To write a graph for pictures of any size."""
    for form in forms(described):
        yield partial(traced, form, (side, side), path, free=True)
    if is_installed("onnxscript"):
        yield partial(exported, path, side)


def forms(described: Described) -> Iterator[Described]:
    """As it is; where a picture chooses what is computed, all of it, of which it chooses less."""
    yield described
    side = max(SIDE, described.needs.minimum)
    side = round_up(side, max(1, described.needs.multiple_of))
    pictures = [described.taken(picture) for picture in trials([(side, side)])]
    module = as_in_training(described.module, pictures)
    if module is not None:
        form = copy.copy(described)
        form.module = module
        yield form


def trials(sizes: list[tuple[int, int]]) -> list[np.ndarray]:
    """A picture of each size and, of the first one, its negative and a dark one in other colours:
    by a picture's mean some networks choose what they compute."""
    first = scene(*sizes[0])
    return [*(scene(*size) for size in sizes), 1 - first, 0.2 * first[..., ::-1]]


def traced(described: Described, sides: tuple[int, int], path: Path, *, free: bool) -> bytes:
    """The graph that PyTorch writes for a picture of that size, or (``free``) for any."""
    torch, _ = libraries()
    torch.onnx.register_custom_op_symbolic("aten::sort", write_sort, OPSET)
    picture = torch.zeros(1, described.channels, *sides)
    axes = {0: "n", 2: "h", 3: "w"}
    buffer = io.BytesIO()
    try:
        # Notices of tracing, of Python and C++, and prints of a failed graph: the results are
        # compared instead.
        with (
            quiet_start(shown_on_failure=False),
            silent_output(),
            warnings.catch_warnings(),
        ):
            warnings.simplefilter("ignore")
            torch.onnx.export(
                described.module,
                (picture,),
                buffer,
                dynamo=False,
                opset_version=OPSET,
                input_names=["input"],
                output_names=["output"],
                dynamic_axes={"input": axes, "output": axes} if free else None,
            )
    except Exception as error:  # operators without a twin in ONNX have many classes
        reason = line_of(error)
        raise ValueError(
            f"{path}: expected a network that PyTorch can write as ONNX. Received: {reason}"
        ) from None
    return buffer.getvalue()


def write_free(weights: str, side: str, graph: str) -> None:
    """What ``foreign_torch_dynamo.exported`` runs: write the graph for pictures of any size."""
    torch, _ = libraries()
    path = Path(weights)
    described = Described(known_network(read_weights(path), path))
    free = torch.export.Dim.DYNAMIC
    torch.onnx.export(
        described.module,
        (torch.zeros(1, described.channels, int(side), int(side)),),
        graph,
        dynamo=True,
        opset_version=NEWER_OPSET,
        dynamic_shapes=({2: free, 3: free},),
        external_data=False,
        verbose=False,
    )


def write_sort(graph: Any, values: Any, *how: Any) -> Any:
    """TopK of everything along an axis, which PyTorch's exporter refuses where a sort is to be
    stable or not, as that of ATD is said not to be."""
    from torch.onnx import symbolic_helper  # pyright: ignore[reportMissingImports]

    @symbolic_helper.parse_args("v", "i", "b")
    def sort(graph: Any, values: Any, axis: int, descending: bool) -> Any:
        at = graph.op("Constant", value_t=libraries()[0].tensor([axis]))
        number = graph.op("Gather", graph.op("Shape", values), at, axis_i=0)
        return graph.op("TopK", values, number, axis_i=axis, largest_i=int(descending), outputs=2)

    return sort(graph, values, *how[-2:])


def differences(described: Described, data: bytes, pictures: Iterable[np.ndarray]) -> list[float]:
    """Largest difference of ONNX Runtime's result from PyTorch's, of each picture (h, w, 3);
    infinite where one of them does not run."""
    engine = engine_of(parse_foreign(data, Path("what PyTorch wrote")))
    found = []
    for picture in map(described.taken, pictures):
        found.append(apart(lambda shown=picture: engine(shown), described(picture)))
    return found


def apart(run: Callable[[], np.ndarray], other: np.ndarray) -> float:
    """The `output_difference` of a run to a result; infinite if it does not run."""
    try:
        return output_difference(other, run())
    except Exception:  # ONNX Runtime's errors have no common class but this
        return float("inf")
