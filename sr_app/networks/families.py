"""The table of network families. To add one: a file beside this one, one line here, one test.

A card, a recipe and a search speak of networks through this table: ``{"family": .., ...}`` on disk,
a value of the family's own type in Python. Reading and describing networks needs no Keras. Every
family passes the contract test of ``tests/networks/test_families.py``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sr_app.networks.esrn_family import EsrnFamily
from sr_app.networks.family import Family, Taps
from sr_app.networks.imported import ImportedFamily
from sr_app.networks.ncnn_graph import NcnnFamily

if TYPE_CHECKING:
    import keras

FAMILIES: dict[str, Family[Any]] = {
    "esrn": EsrnFamily(),
    "graph": ImportedFamily(),
    "ncnn": NcnnFamily(),
}
"""What a network may be: its name on a card -> how it is described, built, counted, tapped."""

DEFAULT = "esrn"
"""The family of a description that names none."""


def name_of(network: object) -> str:
    """The name of the family that a description is of.

    Raises:
        ValueError: for a value that describes no network.
    """
    for name, family in FAMILIES.items():
        if type(network) is family.DESCRIPTION:
            return name
    raise ValueError(f"Expected a network's description. Received: {type(network).__name__}")


def family_of(network: object) -> Family[Any]:
    """The family that a description is of."""
    return FAMILIES[name_of(network)]


def describe(network: object) -> dict:
    """``{"family": ..}`` and what the family says of the network, as JSON types."""
    name = name_of(network)
    return {"family": name, **FAMILIES[name].describe(network)}


def read_network(data: object) -> Any:
    """The inverse of `describe`.

    Raises:
        ValueError: for an unknown family, or what the family refuses.
    """
    if not isinstance(data, Mapping):
        raise ValueError(f"Expected a network as a table. Received: {type(data).__name__}")
    name = data.get("family", DEFAULT)
    if not isinstance(name, str) or name not in FAMILIES:
        raise ValueError(
            f"Expected a network family among {', '.join(FAMILIES)}. Received: {name!r}"
        )
    return FAMILIES[name].read({key: data[key] for key in data if key != "family"})


def check_scale(network: object, scale: object) -> None:
    """ValueError for a factor that no network of the description's family is built for."""
    scales = family_of(network).SCALES
    if isinstance(scale, bool) or scale not in scales:
        known = ", ".join(map(str, scales))
        raise ValueError(f"Expected a scale among {known}. Received: {scale!r}")


def build_network(network: object, scale: int) -> keras.Model:
    """The network of a description with fresh weights; see ``Family.build``."""
    return family_of(network).build(network, scale)


def taps_of(model: keras.Model) -> Taps:
    """Features inside a model that `build_network` made, or a copy of one.

    Raises:
        ValueError: for a model that is of no family with named features.
    """
    found = (family.taps(model) for family in FAMILIES.values())
    taps = next((taps for taps in found if taps is not None), None)
    if taps is None:
        raise ValueError(
            f"Expected a network of a family with named features. Received: {model.name}"
        )
    return taps
