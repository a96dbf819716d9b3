"""A recipe as the text of a TOML file."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import tomlkit
from tomlkit.items import Array, InlineTable, Table

from sr_app.recipes.schema import Recipe
from sr_app.recipes.stage_sections import Stage
from sr_app.recipes.stages import OF_A_MEAN, SECTIONS

WIDEST = 80
"""Characters of a list on one line; a longer one has a line for every item."""


def as_toml(recipe: Recipe) -> str:
    """The text of a file with the keys that were set; what all stages share stands above them."""
    dumped = [dump(stage) for stage in recipe.stages]
    single = not recipe.stages[0].folder
    shared = {name: common(name, dumped) for name in SECTIONS}
    data = recipe.model_dump(mode="json", exclude_unset=True, exclude_none=True)
    plain = {name: value for name, value in data.items() if not isinstance(value, dict | list)}
    start = {"from": dumped[0]["from"]} if single and "from" in dumped[0] else {}
    document = filled(tomlkit.document(), {**plain, **start})
    for name, section in [*shared.items(), ("ancestry", data.get("ancestry"))]:
        if section or (single and name in dumped[0]):  # one may say all by being there
            document.add(name, filled(tomlkit.table(), section))
    if not single:
        tables = tomlkit.aot()
        for stage in dumped:
            tables.append(stage_table(stage, shared))
        document.add("stage", tables)
    if data.get("results"):
        document.add("results", filled(tomlkit.table(), data["results"]))
    return tomlkit.dumps(document)


def dump(stage: Stage) -> dict[str, Any]:
    """The keys of a stage that were set; a single start is no list."""
    data = stage.model_dump(mode="json", by_alias=True, exclude_unset=True, exclude_none=True)
    start = data.pop("from", [])
    data.pop("folder", None)
    if start:
        data["from"] = start[0] if len(start) == 1 else start
    if not data.get("mean"):
        data.pop("mean", None)
    else:
        data = {name: data[name] for name in ("name", "mean", *OF_A_MEAN) if name in data}
    return data


def common(name: str, stages: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """What a section says in every stage that may have it; nothing where one is without it."""
    sections = [stage.get(name, {}) for stage in stages if "mean" not in stage or name in OF_A_MEAN]
    first = sections[0] if sections else {}
    return {
        key: value for key, value in first.items() if all(s.get(key) == value for s in sections)
    }


def stage_table(stage: dict[str, Any], shared: dict[str, dict[str, Any]]) -> Table:
    """A ``[[stage]]`` without what stands above it."""
    table = filled(tomlkit.table(), {n: v for n, v in stage.items() if n not in SECTIONS})
    for name in SECTIONS:
        own = {key: value for key, value in stage.get(name, {}).items() if key not in shared[name]}
        if own or (name in stage and not shared[name]):
            table.add(name, filled(tomlkit.table(), own))
    return table


def filled(table: Any, values: dict[str, Any]) -> Any:
    """The table with values added, long lists one item a line."""
    for key, value in values.items():
        table.add(key, item(value))
    return table


def item(value: Any) -> Any:
    """A plain value for TOML."""
    if isinstance(value, dict):
        inline: InlineTable = tomlkit.inline_table()
        inline.update(value)
        return inline
    if not isinstance(value, list):
        return value
    array: Array = tomlkit.array()
    for one in value:
        array.append(item(one))
    return array.multiline(len(tomlkit.dumps({"x": array})) > WIDEST)
