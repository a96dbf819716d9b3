"""``--set key=value``: changes of a recipe before it is validated, and faults in one line."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError

from sr_app.files.nearest import did_you_mean, nearest_name
from sr_app.recipes.sections import Section
from sr_app.recipes.stages import holders, stage_tables


def with_seed(settings: Sequence[str] | None, seed: int | None) -> list[str]:
    """The changes of settings, and after them that of the seed where it is given."""
    return [*(settings or []), *([f"seed={seed}"] if seed is not None else [])]


def change(data: dict[str, Any], setting: str, kind: type[Section]) -> None:
    """Apply one ``key=value`` to the raw recipe.

    A key of a section that stages have changes it in each of them; ``STAGE.key`` in one alone.
    """
    key, equals, text = setting.partition("=")
    if not equals:
        raise ValueError(f"Expected a setting key=value. Received: {setting!r}")
    stages = {str(table.get("name")): table for table in stage_tables(data)}
    stage, _, rest = key.strip().partition(".")
    alone = stages.get(stage) if rest else None
    value, key = parse_value(text.strip()), key.strip() if alone is None else rest
    kinds = getattr(kind.settable().get(key), "__args__", ())
    left_out = value is None and type(None) in kinds  # a whole section: validation=none
    *sections, last = (key if left_out else complete(key, kind)).split(".")
    for table in [alone] if alone is not None else holders(data, [*sections, last][0]):
        for section in sections:
            table = table.setdefault(section, {})
            if not isinstance(table, dict):
                raise ValueError(f"Expected {section} as a section. Received: {table!r:.80}")
        table[last] = value


def parse_value(text: str) -> Any:
    """A TOML value; text that is none is itself; ``none`` removes an optional value."""
    if text.lower() == "none":
        return None
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except (tomllib.TOMLDecodeError, RecursionError):
        return text


def complete(key: str, kind: type[Section]) -> str:
    """``steps`` -> ``training.steps``; a full key as it is. The error names the nearest key."""
    known = known_keys(kind)
    section = key.split(".")[0]
    if key in known or section == "results":
        return key
    matches = [full for full in known if full.split(".")[-1] == key]
    if len(matches) == 1:
        return matches[0]
    if matches:
        raise ValueError(f"Expected one of {', '.join(matches)}. Received: the short key {key!r}")
    hint = did_you_mean(key, [*known, *(full.split(".")[-1] for full in known)])
    hint = hint or f" Known keys: {', '.join(known)}"
    raise ValueError(f"Unknown recipe key {key!r}.{hint}")


def known_keys(kind: type[Section]) -> list[str]:
    """All settable keys, ``section.key``."""
    keys = []
    for name, annotation in kind.settable().items():
        sections = [
            section
            for section in (annotation, *getattr(annotation, "__args__", ()))
            if isinstance(section, type) and issubclass(section, Section)
        ]
        keys += [f"{name}.{key}" for section in sections for key in section.settable()] or [name]
    return keys


def explain(error: ValidationError, kind: type[Section], data: dict[str, Any]) -> str:
    """The first fault in one line: where, what was expected, what was received.

    ``data`` are the raw tables; of several stages in them the faulty one is named.
    """
    fault = error.errors()[0]
    loc, stage = place_in(data, fault["loc"], fault["type"] == "missing"), ""
    if len(loc) > 1 and loc[0] == "stages":
        stages = data["stages"]
        stage = f"stage {stages[loc[1]].get('name', '?')}: " if len(stages) > 1 else ""
        loc = loc[2:]
    where = ".".join(map(str, loc))
    if fault["type"] == "extra_forbidden":
        near = "from" if where == "start" else nearest_name(where, known_keys(kind))
        if near == where:
            return f"{stage}{where!r} is a key of the whole recipe, not of a stage"
        return f"{stage}unknown key {where!r}" + (f", did you mean {near!r}?" if near else "")
    said = fault["msg"].removeprefix("Value error, ").replace("a valid tuple", "a list")
    complete = fault["type"] == "missing" or "Received:" in said
    received = "" if complete else f". Received: {fault['input']!r:.200}"
    return f"{stage}{where}: {said}{received}"


def place_in(data: Any, loc: Sequence[Any], missing: bool) -> list[Any]:
    """The keys that lead to a fault, without pydantic's names of the types that it tried."""
    keys = []
    for part in loc:
        holds = range(len(data)) if isinstance(data, list) else data
        there = isinstance(holds, dict | range) and part in holds
        if there or (missing and part == loc[-1]):
            keys.append(part)
        data = data[part] if there else None
    return keys
