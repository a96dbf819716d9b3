"""Valid files that describe (recipes, cards, searches, records), and what chance or malice makes.

`python -m benchmarks.fuzzed_descriptions 10000` tries so many, by the doors of the command line.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from sr_app.networks.presets import SHIPPED as MODELS
from sr_app.recipes.schema import SHIPPED as RECIPES
from sr_app.recipes.schema import read_recipe

SEARCH = (
    Path(__file__).parents[2] / "benchmarks/studies/found_networks/search_fast_x2/archive.jsonl"
)
SHARES = {"recipe": 8, "search": 3, "card": 8, "archive": 3, "finished": 1, "run": 1, "facts": 1}
SHARES |= {"curve": 1, "twin": 1, "targets": 1, "steps": 1, "devices": 1}
"""Kind of file -> how many of thirty tries it gets."""

WORDS = (
    "", " ", ".", "..", "../../evil", "/etc/passwd", "C:\\evil", "a/b", "a\0b", "a\nb", "\x07",
    "\x1b[31mred", "\u202eevil", "\u2066a\u2069", "\ufeff", "é" * 300, "x" * 100_000, "%s%n{0}",
    "~", "nan", "2", "true", "null", "esrn_x2", "first", "P_2_8_8", "P_32_1024_1024", "S_99_4_4",
    "graph", "ncnn", "model.onnx", "card.json", "\N{ARABIC-INDIC DIGIT TWO}",
)  # fmt: skip
NUMBERS = (
    0, -1, 1, 2, 3, 7, 2.0, 2.5, -0.0, 1e-300, 1e308, -1e308, 2**31, 2**63, 2**64, 10**12, 10**40,
    float("nan"), float("inf"), float("-inf"), True, False,
)  # fmt: skip


def nested(levels: int) -> Any:
    """A list in a list, and so on."""
    value: Any = []
    for _ in range(levels):
        value = [value]
    return value


SHAPES = (
    None,
    [],
    {},
    [None],
    [[]],
    {"": None},
    {"a": {"b": [1, "2"]}},
    [0] * 5000,
    nested(30),
    nested(400),
)
DEEP = '{"a":' * 100_000
TOML = (
    "nan", "inf", "-inf", "1979-05-27", "07:32:00", "1979-05-27T07:32:00Z", "[]", "{}", "[[]]",
    "true", "0x7fffffffffffffff", "9" * 5000, "1e400", "'''a\nb'''",
    "{preset = 'esrn_x2', sha256 = 5}", "[" * 200 + "]" * 200, "[" * 5000, "{a = {a = {a = 1}}}",
    "[1, 'a', 1979-05-27]",
)  # fmt: skip


@cache
def seeds() -> dict[tuple[str, str], bytes]:
    """(kind, name) -> a valid file."""
    found = {}
    for path in sorted(RECIPES.glob("*.toml")):
        found["search" if path.stem.startswith("search_") else "recipe", path.stem] = (
            path.read_bytes()
        )
    for path in sorted(MODELS.glob("*/card.json")):
        found["card", path.parent.name] = path.read_bytes()
    lines = SEARCH.read_bytes().splitlines(keepends=True)[:9]
    found["archive", SEARCH.parent.name] = b"".join(lines)
    done = [json.dumps({**json.loads(line), "seconds": 1.5}).encode() + b"\n" for line in lines[1:]]
    found["finished", SEARCH.parent.name] = b"".join([lines[0], *done])
    recipe = read_recipe("two_stage_x4")
    found["run", recipe.name] = recipe.model_dump_json(indent=2).encode()
    facts = {
        "network": recipe.network.model_dump(),
        "steps": 20,
        "curve": [{"step": 1, "seconds": 2.0}],
    }
    found["facts", recipe.name] = json.dumps({**facts, "two_stage": {"halves": True}}).encode()
    rows = "1000,300.0,0.0312,32.5,0.9\n2000,500.0,0.0298,32.71,0.9\n"
    found["curve", recipe.name] = f"step,seconds,loss,val_psnr,val_ssim\n{rows}".encode()
    twin = {"hr": "0001.png", "kind": "mild", "seed": 0, "steps": [{"blur": 1.5}]}
    found["twin", "0001x4"] = json.dumps(twin).encode()
    teacher = {"name": "esrn_x4", "licence": "MIT", "sha256": {"model.onnx": 64 * "0"}}
    targets = {
        "kind": "mild",
        "crops": 8,
        "seed": 0,
        "teacher": teacher,
        "folders": ["data/photos"],
    }
    found["targets", "targets"] = json.dumps(targets).encode()
    found["steps", "steps"] = json.dumps({"minutes": 30, "steps": [400, 300, 400, 200]}).encode()
    devices = {
        "preset": "esrn_x2",
        "engines": {"onnxruntime": "1.24"},
        "milliseconds": {"cpu": 9.5},
    }
    found["devices", "devices"] = json.dumps({**devices, "differences": {"cpu": 0.0}}).encode()
    return found


def fuzzed(count: int, seed: int) -> Iterator[tuple[str, str, bytes]]:
    """(kind, name of the seed, content) of so many files, the kinds by their shares."""
    rng = np.random.default_rng(seed)
    kinds = [kind for kind, share in SHARES.items() for _ in range(share)]
    for number in range(count):
        kind = kinds[number % len(kinds)]
        names = [name for each, name in seeds() if each == kind]
        name = names[number // len(kinds) % len(names)]
        yield kind, name, changed(kind, seeds()[kind, name], rng)


def changed(kind: str, data: bytes, rng: np.random.Generator) -> bytes:
    """One file with its structure changed, or its text, or its bytes."""
    draw = rng.random()
    if draw < 0.2:
        return damaged(data, rng)
    if kind in ("recipe", "search", "curve"):
        text = data.decode()
        for _ in range(1 if rng.random() < 0.7 else 3):
            text = with_another_line(text, rng)
        return text.encode("utf-8", "surrogatepass")
    if kind in ("archive", "finished"):
        lines = data.decode().splitlines()
        place = int(rng.integers(0, len(lines)))
        lines[place] = with_another_value(lines[place], rng)
        return ("\n".join(lines) + "\n").encode()
    return with_another_value(data.decode(), rng).encode()


def pick(rng: np.random.Generator, values: tuple[Any, ...]) -> Any:
    """One of the values; a copy of what can be changed."""
    return copy.deepcopy(values[int(rng.integers(0, len(values)))])


def with_another_value(text: str, rng: np.random.Generator) -> str:
    """JSON in which one to three values or keys are others."""
    if rng.random() < 0.02:
        return DEEP
    data = json.loads(text)
    if rng.random() < 0.02:
        return json.dumps(pick(rng, (*SHAPES, *NUMBERS, *WORDS)))
    for _ in range(1 if rng.random() < 0.7 else 3):
        places = [*inner_places(data)]
        if not places:
            break
        change(*places[int(rng.integers(0, len(places)))], rng)
    written = json.dumps(data, indent=2 if "\n" in text else None)
    if rng.random() < 0.05 and (key := re.search(r'"(\w+)": ', written)):  # the same key twice
        twice = f"{key.group()}{json.dumps(pick(rng, WORDS + NUMBERS))}, {key.group()}"
        written = written.replace(key.group(), twice, 1)
    return written


def inner_places(data: Any) -> Iterator[tuple[Any, Any]]:
    """(table or list, key or index) of every value."""
    stack = [data]
    while stack:
        inner = stack.pop()
        keys = [*inner] if isinstance(inner, dict) else [*range(len(inner))][:8]
        for key in keys:
            yield inner, key
            if isinstance(inner[key], (dict, list)):
                stack.append(inner[key])


def change(inner: Any, key: Any, rng: np.random.Generator) -> None:
    """Replace, leave out, rename, or repeat what stands at a place."""
    kind = rng.integers(0, 10)
    if kind == 0:
        del inner[key]
    elif kind == 1 and isinstance(inner, dict):
        inner[pick(rng, (*WORDS, "\ud800"))] = inner.pop(key)
    elif kind == 2 and isinstance(inner[key], (int, float)):
        inner[key] = str(inner[key])
    elif kind == 3:
        inner[key] = [inner[key]]
    elif kind == 4 and isinstance(inner[key], str):
        inner[key] += pick(rng, WORDS)
    else:
        inner[key] = pick(rng, (WORDS, NUMBERS, SHAPES, ("\ud800", "é\ud800"))[rng.integers(0, 4)])


def with_another_line(text: str, rng: np.random.Generator) -> str:
    """A text of lines ``key = value`` in which one is another."""
    lines = text.splitlines()
    numbers = [n for n, line in enumerate(lines) if line.strip() and not line.startswith("#")]
    at, other = (int(numbers[int(rng.integers(0, len(numbers)))]) for _ in range(2))
    kind, (key, equals, value) = rng.integers(0, 10), lines[at].partition("=")
    if kind == 0:
        del lines[at]
    elif kind == 1:
        lines.insert(other, lines[at])
    elif kind == 2:
        lines[at], lines[other] = lines[other], lines[at]
    elif kind == 3:
        lines[at] = as_toml(pick(rng, WORDS)) + equals + lines[at].partition("=")[2]
    elif equals:
        literals: tuple[Callable[[], str], ...] = (
            lambda: pick(rng, TOML),
            lambda: as_toml(pick(rng, WORDS)),
            lambda: str(pick(rng, NUMBERS)).lower(),
            lambda: scaled(value, rng),
            lambda: scaled(value, rng),
        )
        lines[at] = f"{key}= {literals[int(rng.integers(0, len(literals)))]()}"
    else:
        parts = lines[at].split(",")
        parts[int(rng.integers(0, len(parts)))] = str(pick(rng, NUMBERS + WORDS))
        lines[at] = ",".join(parts)
    return "\n".join(lines) + "\n"


def scaled(value: str, rng: np.random.Generator) -> str:
    """A value with one of its numbers much larger, smaller, or of the other sign."""
    found = list(re.finditer(r"\d+(\.\d+)?", value))
    if not found:
        return "1"
    number = found[int(rng.integers(0, len(found)))]
    factor = pick(rng, (-1, 0, 2, 3, 10, 1000, 10**6, 10**12))
    text = number.group()
    other = str(int(text) * factor if text.isdecimal() else float(text) * factor)
    return value[: number.start()] + other + value[number.end() :]


def as_toml(word: str) -> str:
    """A text as TOML writes it: JSON's escapes are TOML's too."""
    return json.dumps(word)


def damaged(data: bytes, rng: np.random.Generator) -> bytes:
    """Other bytes, or the same text in another encoding."""
    kind = int(rng.integers(0, 9))
    text = data.decode()
    whole = (
        lambda: text.encode("utf-16"),
        lambda: text.encode("utf-8-sig"),
        lambda: text.replace("a", "ä").encode("latin-1", "replace"),
        lambda: text.replace("\n", "\r").encode(),
        lambda: b"",
        lambda: data + b"\0",
    )
    if kind < len(whole):
        return whole[kind]()
    altered = bytearray(data)
    for _ in range(rng.integers(1, 4)):
        at, length = int(rng.integers(0, len(altered))), int(rng.integers(1, 40))
        if kind == 6:
            altered[at] ^= 1 << int(rng.integers(0, 8))
        elif kind == 7:
            altered[at : at + length] = altered[: int(rng.integers(0, length))]
        else:
            altered[at:at] = rng.bytes(length)
    return bytes(altered)
