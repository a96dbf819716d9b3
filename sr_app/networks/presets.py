"""Presets: a trained network is a folder of data (card, weights, exported graph), no code.

Reading cards needs neither Keras nor TensorFlow; both are imported when weights are.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING

from sr_app.files.nearest import did_you_mean
from sr_app.files.replacement import replacing
from sr_app.networks.genotype import Genotype

if TYPE_CHECKING:
    import keras

SHIPPED = Path(__file__).resolve().parents[2] / "models"
CARD, WEIGHTS, GRAPH = "card.json", "model.weights.h5", "model.onnx"
PACKED = "model.weights.npz"  # of networks with one-bit weights: networks.packing


@dataclass(frozen=True)
class Card:
    """What is known of a preset.

    Args:
        name: ``<network>_x<scale>[_<purpose>]``; the folder's name.
        title, description: for people.
        scale: integer factor.
        genotype: the network.
        purpose: what it is for: ``clean`` photos, ``preview``, ...
        parameters, multiply_adds, receptive_radius, multiple_of: as ``networks.cost.Cost``.
        weights, graph: file names in the folder, or None.
        tile: side of an inference tile in low-resolution pixels that measured fastest.
        sha256: file name -> digest.
        training: data, steps, hardware, wall time and the like; a figure not measured is null.
        results: data set -> {"psnr": dB, "ssim": .., "protocol": ..}, measured.
        compression: of a compressed preset: from which one, what it saved, what it cost in dB.
        licence: of the weights.
        limits: what the network must not be used for.
        folder: where the files lie.
    """

    name: str
    title: str
    description: str
    scale: int
    genotype: Genotype
    purpose: str = "clean"
    parameters: int | None = None
    multiply_adds: int | None = None
    receptive_radius: int | None = None
    multiple_of: int = 1
    weights: str | None = None
    graph: str | None = None
    tile: int = 384
    sha256: dict = field(default_factory=dict)
    training: dict = field(default_factory=dict)
    results: dict = field(default_factory=dict)
    compression: dict = field(default_factory=dict)
    licence: str = "Apache-2.0"
    limits: str = "Invented detail is not evidence: not for forensics, medicine or identification."
    folder: Path = Path()

    def file(self, name: str | None) -> Path:
        """Path of a file of the preset; the error says what is missing and where."""
        path = self.folder / (name or "")
        if not name or not path.is_file():
            raise ValueError(
                f"Preset {self.name} has no file {name or 'of that kind'} in {self.folder}"
            )
        return path

    def to_json(self) -> dict:
        """The card file's content; the folder is not part of it."""
        data = {**asdict(self), "genotype": self.genotype.to_json()}
        del data["folder"]
        return data


def search_path() -> list[Path]:
    """Folders that hold presets: those of ``SR_APP_MODELS``, then the shipped ones."""
    extra = os.environ.get("SR_APP_MODELS", "")
    return [Path(part) for part in extra.split(os.pathsep) if part] + [SHIPPED]


def list_presets() -> list[Card]:
    """Cards of all presets found, by name; the first folder of the search path wins."""
    found: dict[str, Path] = {}
    for root in search_path():
        for card in sorted(root.glob(f"*/{CARD}")):
            found.setdefault(card.parent.name, card.parent)
    return [read_card(found[name]) for name in sorted(found)]


def read_card(name: str | Path) -> Card:
    """Card of a preset, by name or by folder.

    Raises:
        ValueError: for an unknown name (the nearest known one is named) or a faulty card.
    """
    folder = find_folder(name)
    path = folder / CARD
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        unknown = set(data) - {item.name for item in fields(Card)}
        if unknown:
            raise ValueError(f"unknown keys {', '.join(sorted(unknown))}")
        genotype = Genotype.from_json(data.pop("genotype"))
        return Card(**data, genotype=genotype, folder=folder)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise ValueError(f"Cannot read the card {path}: {error}") from error


def find_folder(name: str | Path) -> Path:
    """The folder of a preset: a path that holds a card, or a name on the search path."""
    if (Path(name) / CARD).is_file():
        return Path(name)
    for root in search_path():
        if (root / str(name) / CARD).is_file():
            return root / str(name)
    known = sorted({card.parent.name for root in search_path() for card in root.glob(f"*/{CARD}")})
    raise ValueError(
        f"Expected a preset name or a folder with {CARD}. Received: {str(name)!r}."
        f"{did_you_mean(str(name), known)} "
        f"Known presets: {', '.join(known) or 'none'}"
    )


def load_preset(name: str | Path) -> keras.Model:
    """Build a preset's network and load its weights (by structure, never by unpickling).

    Returns:
        As ``networks.esrn.build_esrn``.
    """
    from sr_app.networks.esrn import build_esrn

    card = read_card(name)
    weights = card.file(card.weights)
    check_digest(card, card.weights)
    model = build_esrn(card.genotype, card.scale)
    if weights.suffix == Path(PACKED).suffix:
        from sr_app.networks.packing import read_packed

        read_packed(model, weights)
    else:
        model.load_weights(weights)
    return model


def check_digest(card: Card, name: str) -> None:
    """Compare a file of the preset with the card's SHA-256, where the card holds one."""
    expected = card.sha256.get(name)
    if expected and digest(card.file(name)) != expected:
        raise ValueError(
            f"{card.folder / name} is not the file that the card of {card.name} describes "
            f"(SHA-256 differs, {expected[:12]}... expected): fetch the preset again"
        )


def digest(path: Path) -> str:
    """SHA-256 of a file, hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def save_preset(model: keras.Model, card: Card) -> Card:
    """Write weights and card of ``model`` into ``card.folder``; costs are counted here.

    Weights of one bit go into a packed file. An exported graph in the folder is kept if its name
    is on the card.

    Returns:
        The card as written.
    """
    from sr_app.networks.cost import measure_cost

    card.folder.mkdir(parents=True, exist_ok=True)
    weights = write_weights(model, card.folder)
    cost = measure_cost(model, card.scale)
    card = replace(
        card,
        parameters=cost.parameters,
        multiply_adds=cost.multiply_adds,
        receptive_radius=cost.receptive_radius,
        multiple_of=cost.multiple_of,
        weights=weights,
    )
    return write_card(card)


def write_weights(model: keras.Model, folder: Path) -> str:
    """Write a network's weights, packed where there are signs; the file's name."""
    from sr_app.networks.packing import one_bit_weights, write_packed

    if one_bit_weights(model):
        write_packed(model, folder / PACKED)
        return PACKED
    with replacing(folder / WEIGHTS) as temporary:
        model.save_weights(temporary)
    return WEIGHTS


def write_card(card: Card) -> Card:
    """Write the card with fresh digests of the files that it names."""
    names = [name for name in (card.weights, card.graph) if name]
    card = replace(card, sha256={name: digest(card.file(name)) for name in names})
    with replacing(card.folder / CARD) as temporary:
        temporary.write_text(json.dumps(card.to_json(), indent=2) + "\n", encoding="utf-8")
    return card
