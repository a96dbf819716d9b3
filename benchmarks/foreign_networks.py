"""Published architectures as PyTorch's exporters write them, brought in unasked and run on a photo.

In an environment with the extras ``torch`` and ``onnxscript``, from the top folder:

    python -m benchmarks.foreign_networks photo.png HAT SwinIR --kinds older dynamo

Weights are random, widths small: a network is its architecture's result, brought to a deviation of
0.03 and added to repeated pixels, as a picture network's result is like its picture. Each kind is
written in a process of its own, which the exporter may end.
"""

from __future__ import annotations

import argparse
import multiprocessing
import tempfile
import time
import warnings
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from sr_app import read_photo
from sr_app.image.arrays import to_float
from sr_app.inference.upscaler import Upscaler
from sr_app.jobs.import_network import ImportPlan, import_network

SWIN = {"img_size": 64, "window_size": 8, "depths": (2, 2), "num_heads": (2, 2), "mlp_ratio": 2.0}
U_NET = {"middle_blk_num": 1, "enc_blk_nums": [1, 1], "dec_blk_nums": [1, 1]}
STRIPES = {"num_heads_window": [2, 2], "num_heads_stripe": [2, 2], "anchor_window_down_factor": 2}
DIRECT = {"upsampler": "pixelshuffledirect"}

SMALL = {"embed_dim": 24, "category_size": 64, "num_tokens": 16, "reducted_dim": 4}
NARROW = {"width": 16, "middle_blk_num": 1, "enc_blk_nums": [1, 1], "dec_blk_nums": [1, 1]}

NETWORKS: dict[str, tuple[int, str, dict[str, Any]]] = {
    "ATD": (4, "ATD.ATD", {**SWIN, **SMALL, **DIRECT, "upscale": 4}),
    "Compact": (2, "Compact.Compact", {"num_feat": 16, "num_conv": 4, "upscale": 2}),
    "CRAFT": (4, "CRAFT.CRAFT", {"embed_dim": 48, "depths": [1, 1], "num_heads": [2, 2]}),
    "DAT": (2, "DAT.DAT", {"embed_dim": 48, "split_size": [8, 16], "depth": [2], "num_heads": [2]}),
    "DCTLSA": (4, "DCTLSA.DCTLSA", {"nf": 20}),
    "DITN": (4, "DITN.DITN", {"dim": 16, "ITL_blocks": 1, "SAL_blocks": 1}),
    "DnCNN": (1, "DnCNN.DnCNN", {"in_nc": 3, "out_nc": 3, "nc": 16, "nb": 4}),
    "DRCT": (4, "DRCT.DRCT", {**SWIN, "embed_dim": 16, "gc": 8, "upscale": 4}),
    "DRUNet": (1, "DRUNet.DRUNet", {"in_nc": 3, "out_nc": 3, "nc": [8, 16, 32, 32], "nb": 1}),
    "ESRGAN": (4, "ESRGAN.ESRGAN", {"num_filters": 16, "num_blocks": 2}),
    "FBCNN": (1, "FBCNN.FBCNN", {"nc": [8, 16, 16, 512], "nb": 1}),
    "FDAT": (4, "FDAT.FDAT", {"embed_dim": 24, "num_groups": 1, "num_heads": 2, "mid_dim": 16}),
    "GRL": (2, "GRL.GRL", {"embed_dim": 16, "depths": [2, 2], **STRIPES, **DIRECT, "upscale": 2}),
    "HAT": (2, "HAT.HAT", {**SWIN, "embed_dim": 24, "squeeze_factor": 12, "upscale": 2}),
    "KBNet": (1, "KBNet.KBNet_s", NARROW),
    "MixDehazeNet": (1, "MixDehazeNet.MixDehazeNet", {"depths": [1] * 5}),
    "MoESR": (4, "MoESR.MoESR", {"dim": 16, "n_blocks": 1, "n_block": 1}),
    "MoSR": (4, "MoSR.MoSR", {"n_block": 2, "dim": 16}),
    "NAFNet": (1, "NAFNet.NAFNet", U_NET),
    "OmniSR": (4, "OmniSR.OmniSR", {"num_feat": 16}),
    "PLKSR": (3, "PLKSR.PLKSR", {"dim": 16, "n_blocks": 2, "upscaling_factor": 3}),
    "RCAN": (2, "RCAN.RCAN", {"scale": 2, "n_resgroups": 1, "n_resblocks": 2, "n_feats": 16}),
    "RealCUGAN": (2, "RealCUGAN.UpCunet2x", {}),
    "RealPLKSR": (4, "PLKSR.RealPLKSR", {"dim": 16, "n_blocks": 2}),
    "RetinexFormer": (1, "RetinexFormer.RetinexFormer", {"n_feat": 16, "stage": 1}),
    "RGT": (2, "RGT.RGT", {"embed_dim": 64, "depth": [2], "num_heads": [2]}),
    "SAFMN": (4, "SAFMN.SAFMN", {"dim": 16, "n_blocks": 2}),
    "SAFMNBCIE": (1, "SAFMNBCIE.SAFMNBCIE", {"dim": 16, "n_blocks": 1, "num_layers": 2}),
    "SCUNet": (1, "SCUNet.SCUNet", {"config": [1] * 7}),
    "SeemoRe": (2, "SeemoRe.SeemoRe", {"scale": 2, "num_experts": 3, "num_layers": 2}),
    "SPAN": (4, "SPAN.SPAN", {"num_in_ch": 3, "num_out_ch": 3, "feature_channels": 16}),
    "SwiftSRGAN": (4, "SwiftSRGAN.SwiftSRGAN", {"num_channels": 16, "num_blocks": 2}),
    "Swin2SR": (2, "Swin2SR.Swin2SR", {**SWIN, "embed_dim": 16, **DIRECT}),
    "SwinIR": (4, "SwinIR.SwinIR", {**SWIN, "embed_dim": 16, **DIRECT, "upscale": 4}),
}
"""Name -> factor, class in ``spandrel.architectures``, and what is smaller than published."""

KINDS = ("older", "older_one_size", "dynamo", "one_size")
LIMIT = 100.0
"""Seconds that an exporter may take."""


def built(name: str) -> Any:
    """A network like its picture, of random weights that are the same each time."""
    import torch  # pyright: ignore[reportMissingImports]

    scale, place, settings = NETWORKS[name]
    module, kind = place.split(".")
    torch.manual_seed(1)
    inner = getattr(import_module(f"spandrel.architectures.{module}"), kind)(**settings).eval()

    class Added(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.inner, self.mean, self.gain = inner, 0.0, 1.0

        def forward(self, picture: Any) -> Any:
            wide = picture
            if scale > 1:
                wide = torch.nn.functional.interpolate(picture, scale_factor=float(scale))
            return wide + self.gain * (picture_of(self.inner(picture)) - self.mean)

    network = Added().eval()
    with torch.no_grad():
        result = picture_of(inner(torch.rand(1, 3, 64, 64)))
    network.mean, network.gain = float(result.mean()), float(0.03 / result.std())
    return network


def picture_of(result: Any) -> Any:
    """Of what a network gives the picture: FBCNN gives a JPEG's quality, too."""
    return result[0] if isinstance(result, tuple) else result


def write(name: str, kind: str, path: Path) -> None:
    """The graph as an exporter writes it; nothing where that fails."""
    import torch  # pyright: ignore[reportMissingImports]

    warnings.simplefilter("ignore")
    network, picture = built(name), (torch.rand(1, 3, 64, 64),)
    named = {"input_names": ["input"], "output_names": ["output"]}
    if kind.startswith("older"):
        axes = {"input": {2: "h", 3: "w"}, "output": {2: "h", 3: "w"}}
        named["dynamic_axes"] = axes if kind == "older" else None
        torch.onnx.export(network, picture, path, dynamo=False, opset_version=17, **named)
        return
    free = {2: torch.export.Dim.DYNAMIC, 3: torch.export.Dim.DYNAMIC}
    shapes = (free,) if kind == "dynamo" else None
    options = {"dynamic_shapes": shapes, "external_data": False, "verbose": False}
    torch.onnx.export(network, picture, path, dynamo=True, opset_version=18, **options)


def brought(name: str, path: Path, photo: np.ndarray) -> str:
    """What became of a graph: its findings, and how far from PyTorch's result the photo is."""
    import torch  # pyright: ignore[reportMissingImports]

    begun = time.monotonic()
    try:
        made = import_network(ImportPlan(path, name=path.stem, into=path.parent))
    except ValueError as error:
        return f"refused: {str(error)[-200:]}"
    seconds = time.monotonic() - begun
    lr = np.ascontiguousarray(photo.transpose(2, 0, 1)[None])
    with torch.no_grad():
        theirs = built(name)(torch.from_numpy(lr))[0].numpy().transpose(1, 2, 0).clip(0, 1)
    apart = 255 * np.abs(Upscaler.from_preset(made.card.folder)(photo) - theirs)
    told = f"{made.findings[3]}, looks {made.card.receptive_radius} far"
    return f"{told} | {apart.max():.2g} | {apart.mean():.2g} | {seconds:.0f}"


def main() -> None:
    parser = argparse.ArgumentParser(description="Published architectures, brought in unasked.")
    parser.add_argument("photo", type=Path)
    parser.add_argument("names", nargs="*", help=f"of {', '.join(NETWORKS)}; all if none")
    parser.add_argument("--kinds", nargs="+", default=list(KINDS), choices=KINDS)
    asked = parser.parse_args()
    photo = to_float(read_photo(asked.photo).rgb)
    with tempfile.TemporaryDirectory() as scratch:
        for name in asked.names or NETWORKS:
            for kind in asked.kinds:
                path = Path(scratch) / f"{name}_{kind}.onnx"
                process = multiprocessing.Process(target=write, args=(name, kind, path))
                process.start()
                process.join(LIMIT)
                process.kill()
                process.join()
                there = path.exists() and not process.exitcode
                line = brought(name, path, photo) if there else "not exported"
                print(f"| {name} | {kind} | {line} |", flush=True)


if __name__ == "__main__":
    main()
