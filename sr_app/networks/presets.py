"""Presets: a trained network is a folder of data (card, weights, exported graph), no code.

Reading cards needs neither Keras nor TensorFlow; both are imported when weights are.
"""

from __future__ import annotations

import hashlib
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from sr_app.files.extras import naming_extras
from sr_app.files.json_table import write_table
from sr_app.files.machine import own_folder
from sr_app.files.nearest import did_you_mean
from sr_app.files.replacement import replacing
from sr_app.networks.card import LARGEST, Card, parse_card, vivid_end
from sr_app.networks.families import build_network, family_of

if TYPE_CHECKING:
    import keras

PACKAGE = Path(__file__).resolve().parents[1]
SHIPPED = PACKAGE / "models"  # installed from a wheel; in a checkout they lie beside the package
SHIPPED = SHIPPED if SHIPPED.is_dir() else PACKAGE.parent / "models"
CARD, WEIGHTS, GRAPH = "card.json", "model.weights.h5", "model.onnx"
CARDS = f"[!.]*/{CARD}"
"""Below a folder of presets; a hidden one is still being written."""
PACKED = "model.weights.npz"  # of networks with one-bit weights: networks.packing


class PresetWarning(UserWarning):
    """A preset that is left out, or used although something of it cannot be checked."""


def search_path() -> list[Path]:
    """Folders that hold presets: those of ``SR_APP_MODELS``, the shipped ones, the user's own."""
    own = user_folder()
    return named_folders() + [SHIPPED] + ([own] if own.is_dir() else [])


def named_folders() -> list[Path]:
    """The folders of ``SR_APP_MODELS``."""
    extra = os.environ.get("SR_APP_MODELS", "")
    return [Path(part) for part in extra.split(os.pathsep) if part]


def user_folder() -> Path:
    """Where presets of this user's own lie, whether there are any or not.

    ``sr-app/models`` in ``XDG_DATA_HOME``, or in ``LOCALAPPDATA`` on Windows; else in
    ``~/.local/share``.
    """
    return own_folder("XDG_DATA_HOME", ".local/share") / "models"


def list_presets() -> list[Card]:
    """Cards of all presets found, by name; the first folder of the search path wins.

    A faulty card is left out with a `PresetWarning` that names its file.
    """
    found: dict[str, Path] = {}
    for root in search_path():
        for card in sorted(cards_in(root)):
            found.setdefault(card.parent.name, card.parent)
    return [card for name in sorted(found) if (card := read_or_warn(found[name]))]


def cards_in(root: Path) -> Iterator[Path]:
    """The card of each preset of a folder, none where there is no such folder."""
    return (card for card in root.glob(CARDS) if card.is_file())


def read_or_warn(folder: Path) -> Card | None:
    """The card of a folder; None, and a warning that names it, for a faulty one."""
    try:
        return known_as(folder.name, read_card(folder))
    except ValueError as error:
        warnings.warn(f"{error}: this preset is left out", PresetWarning, stacklevel=3)
        return None


def read_card(name: str | Path) -> Card:
    """Card of a preset, by name or by folder.

    Raises:
        ValueError: for an unknown name (the nearest known one is named) or a faulty card.
    """
    folder = find_folder(name)
    path = folder / CARD
    with naming_card(path):
        if path.stat().st_size > LARGEST:
            raise ValueError(f"Expected at most {LARGEST} bytes. Received: {path.stat().st_size}")
        card = parse_card(path.read_text(encoding="utf-8"), folder)
    return card if folder == Path(name) else known_as(folder.name, card)


def known_as(name: str, card: Card) -> Card:
    """The card under its folder's name, by which it is found; its vivid end stays the same one."""
    return card if card.name == name else replace(card, name=name, vivid=vivid_end(card))


@contextmanager
def naming_card(path: PurePath) -> Iterator[None]:
    """ValueError, one line that names the card, for what is wrong with it."""
    try:
        yield
    except (OSError, ValueError, TypeError) as error:
        reason = " ".join(str(error).split())
        reason = reason if len(reason) <= 300 else f"{reason[:297]}..."
        raise ValueError(f"Cannot read the card {path}: {reason}") from error


def find_folder(name: str | Path) -> Path:
    """The folder of a preset: a path that holds a card, or a name on the search path."""
    if (Path(name) / CARD).is_file():
        return Path(name)
    for root in search_path():
        if (root / str(name) / CARD).is_file():
            return root / str(name)
    known = sorted({card.parent.name for root in search_path() for card in cards_in(root)})
    missing = [str(root) for root in named_folders() if not root.is_dir()]
    hint = f" SR_APP_MODELS names no folder: {', '.join(missing)}." if missing else ""
    raise ValueError(
        f"Expected a preset name or a folder with {CARD}. Received: {str(name)!r}."
        f"{did_you_mean(str(name), known)}{hint} "
        f"Known presets: {', '.join(known) or 'none'}"
    )


@naming_extras()
def load_preset(name: str | Path) -> keras.Model:
    """Build a preset's network and load its weights (by structure, never by unpickling).

    Args:
        name: of a preset, or its folder.

    Returns:
        (batch, height, width, 3) in [0, 1] -> (batch, scale*height, scale*width, 3), not clipped.

    Raises:
        ValueError: for an unknown preset, files that are not those of its card, or one that has no
            Keras weights.
    """
    card = read_card(name)
    if not family_of(card.network).HAS_WEIGHTS:
        raise ValueError(
            f"Preset {card.name} has no Keras weights: its network was made elsewhere, and "
            "is run as it came"
        )
    weights = card.file(card.weights)
    check_digest(card, weights.name)
    model = build_network(card.network, card.scale)
    if weights.suffix == Path(PACKED).suffix:
        from sr_app.networks.packing import read_packed

        read_packed(model, weights)
        return model
    try:
        model.load_weights(weights)
    except (OSError, ValueError, RuntimeError, KeyError) as error:
        raise ValueError(
            f"{weights} does not fit the network of {card.name}'s card, {card.scale}x: "
            + str(error).partition("\n")[0].rstrip(":")  # each layer has lines of its own
        ) from error
    return model


def check_digest(card: Card, name: str, place: PurePath | None = None) -> None:
    """Compare a file of the preset with the card's SHA-256; warn where the card holds none.

    place: where it is said to lie, if that is not the card's folder.
    """
    expected, place = card.sha256.get(name), place or card.folder
    if expected is None:
        warnings.warn(
            f"{place / name}: the card states no SHA-256 of it, so it is used unchecked",
            PresetWarning,
            stacklevel=2,
        )
    elif digest(card.file(name)) != expected:
        raise ValueError(
            f"{place / name} is not the file that the card of {card.name} describes "
            f"(its SHA-256 is not {expected[:12]}...): fetch the preset again"
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
    from sr_app.networks.weight_file import write_variables

    if one_bit_weights(model):
        write_packed(model, folder / PACKED)
        return PACKED
    with replacing(folder / WEIGHTS) as temporary:
        write_variables(model, temporary)
    return WEIGHTS


def write_card(card: Card) -> Card:
    """Write the card with fresh digests of the files that it names."""
    names = [name for name in (card.weights, card.graph) if name]
    card = replace(card, sha256={name: digest(card.file(name)) for name in names})
    write_table(card.folder / CARD, card.to_json())
    return card
