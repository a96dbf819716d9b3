"""A recipe's stages, made complete: what they share is written once, above them."""

from __future__ import annotations

from typing import Any

from sr_app.recipes.stage_section import SINGLE
from sr_app.recipes.stage_sections import STAGE_SECTIONS

OWN = tuple(kind.NAME for kind in STAGE_SECTIONS)
SECTIONS = ("network", "data", "training", *OWN, "validation")
"""Sections that stages share where the recipe has them, and change where they have them too."""
OF_A_MEAN = ("network", "data")
"""Those of a stage that takes the mean of others and trains nothing."""


def complete_stages(data: dict[str, Any]) -> dict[str, Any]:
    """The raw recipe with a list ``stages``, each with all of its sections; ValueError for
    ``stage`` other than tables, or ``from`` outside of them."""
    data = dict(data)
    shared = {name: data.pop(name) for name in SECTIONS if name in data}
    tables = data.pop("stage", None)
    if tables is None:
        start = {"from": data.pop("from")} if "from" in data else {}
        return {**data, "stages": [{"name": SINGLE, **start, **shared}]}
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise ValueError("Expected stages as [[stage]] tables")
    if "from" in data:
        raise ValueError("a recipe with [[stage]] tables has from in them, not above them")
    return {**data, "stages": [complete_stage(shared, table) for table in tables]}


def complete_stage(shared: dict[str, Any], table: dict[str, Any]) -> dict[str, Any]:
    """A stage's table with what it shares; its own keys win. Its folder has its name."""
    if "mean" in table:
        shared = {name: shared[name] for name in OF_A_MEAN if name in shared}
        shared["training"] = {"steps": 0}
    merged = {name: merge(shared.get(name), table.get(name)) for name in SECTIONS}
    sections = {name: value for name, value in merged.items() if value is not None}
    return {**table, "folder": table.get("name", ""), **sections}


def merge(shared: Any, own: Any) -> Any:
    """Two sections as one; a value that is no section stays, to be named when it is validated."""
    if isinstance(shared, dict) and isinstance(own, dict):
        return {**shared, **own}
    return shared if own is None else own


def stage_tables(data: dict[str, Any]) -> list[dict[str, Any]]:
    """The ``[[stage]]`` tables of a raw recipe; what is none is named when it is completed."""
    tables = data.get("stage")
    return [t for t in tables if isinstance(t, dict)] if isinstance(tables, list) else []


def holders(data: dict[str, Any], section: str | None) -> list[dict[str, Any]]:
    """The tables of a raw recipe that a change of a section has to reach: above, and in stages."""
    having = [table for table in stage_tables(data) if section in SECTIONS and section in table]
    return having if having and section not in data else [data, *having]
