"""The page in the browser's language: a catalogue for each, and the one place that reads them.

A catalogue (``languages/``) has two parts. ``page`` holds the texts of the page's HTML and scripts
by key. ``server`` holds what the program says, by its English words: the program speaks English
throughout, to the shell and to programs, and what goes to a browser is translated on its way out,
wherever it was said. Placeholders stand for what differs, and what stands there is translated in
its turn, but for ``{name}``.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import TypeVar, cast

from sr_app.files.extras import is_installed

T = TypeVar("T")
HERE = Path(__file__).with_name("languages")
ENGLISH = "en"
LANGUAGES = (ENGLISH, *sorted(path.stem for path in HERE.glob("*.json") if path.stem != ENGLISH))
"""Codes as of BCP 47, without a region."""

KEY = re.compile(r"\{([a-z]+(?:\.[a-z_]+)+)\}")
NUMBER = re.compile(r"[\d\s.,×→]+(?: ?[A-Za-z]{1,3})?")
PLACE = re.compile(r"\{(\w+)\}")
SPOKEN = {
    "again", "details", "facts", "failed", "hint", "made", "notes", "reason", "refused", "shows",
    "slider", "terms", "text", "title", "titles",
}  # fmt: skip
"""Fields of an answer that hold what the program says, and ``name`` where it is none of a file."""

LONG = {
    "cause", "choice", "list", "made", "name", "problem", "reason", "size", "title", "wanted",
    "way", "what",
}  # fmt: skip
"""Places that may hold a list of words; the others hold one."""

ONE, LIST = r"(?:(?!, ).)", r"(?:(?!\. [A-Z]).)"
"""What stands in a place of one thing, and in a list, which ends before the next sentence."""

FILE = {"layers", "number", "bytes"}
"""Whatever has one of these fields is named by the person's file."""


def prefer(accepted: str | None) -> str:
    """The language for a request, by its header ``Accept-Language``."""
    wishes = []
    for wish in (accepted or "").split(","):
        tag, _, weight = wish.partition(";")
        code = tag.strip().lower().partition("-")[0]
        number = re.fullmatch(r"\s*q=([01](?:\.\d{0,3})?)\s*", weight)
        if code in LANGUAGES:
            wishes.append((float(number[1]) if number else 1.0, code))
    weight, code = max(wishes, key=lambda wish: wish[0], default=(0.0, ENGLISH))
    return code if weight else ENGLISH


@cache
def _catalogue(language: str) -> dict[str, dict[str, str]]:
    return json.loads((HERE / f"{language}.json").read_text("utf-8"))


def page_texts(language: str) -> dict[str, str]:
    """Texts of the page's HTML and scripts, by their keys."""
    return _catalogue(language)["page"]


def served_texts(language: str) -> dict[str, str]:
    """`page_texts` of this installation: camera raw is among the formats only where it is read."""
    texts = page_texts(language)
    return texts | {"drop.hint": texts["drop.hint_raw"]} if is_installed("rawpy") else texts


def server_texts(language: str) -> dict[str, str]:
    """What the program says, by the English words."""
    return _catalogue(language)["server"]


def worded(html: str, texts: dict[str, str]) -> str:
    """The HTML with its ``{keys}`` filled in."""
    return KEY.sub(lambda found: texts[found[1]], html)


def answer(value: T, language: str) -> T:
    """What goes to a browser, in its language: a text, or the spoken fields of an answer."""
    return value if language == ENGLISH else cast(T, _spoken(value, language))


def _spoken(value: object, language: str) -> object:
    match value:
        case str():
            return translate(value, language)
        case list() | tuple():
            return [_spoken(one, language) for one in value]
    return _kept(value, language)


def _kept(value: object, language: str) -> object:
    """What is not said itself: of it, the fields that are."""
    match value:
        case list() | tuple():
            return [_kept(one, language) for one in value]
        case dict():
            spoken = SPOKEN if value.keys() & FILE else SPOKEN | {"name"}
            return {
                key: (_spoken if key in spoken else _kept)(one, language)
                for key, one in value.items()
            }
    return value


@lru_cache(maxsize=4096)
def translate(text: str, language: str) -> str:
    """English words of the program in a language; what the catalogue does not know stays."""
    whole = _whole(text, language)
    if whole is not None:
        return whole
    parts, done = text.split(", "), []
    while parts:  # a list of words, some of which may have commas themselves
        known = (  # the shortest that is known
            (count, _whole(", ".join(parts[:count]), language))
            for count in range(1, len(parts) + 1)
        )
        count, words = next((one for one in known if one[1] is not None), (1, None))
        done.append(_number(parts[0], language) if words is None else words)
        del parts[:count]
    return ", ".join(done)


def _whole(text: str, language: str) -> str | None:
    """A text that the catalogue knows as a whole, or but for its first letter."""
    for template in _templates(language):
        if found := template.english.fullmatch(text):
            values = {
                place: value if place == "name" else translate(value, language)
                for place, value in found.groupdict().items()
            }
            return template.words.format_map(values)
    large = text[:1].upper() + text[1:]
    if large == text or (words := _whole(large, language)) is None:
        return None
    return words[:1].lower() + words[1:]


def _number(text: str, language: str) -> str:
    """A number, or a size, with the marks of that language; anything else stays."""
    if not NUMBER.fullmatch(text):
        return text
    marks = {".": page_texts(language)["number.point"], ",": page_texts(language)["number.group"]}
    return re.sub(r"(?<=\d)[.,](?=\d)", lambda found: marks[found[0]], text)


@dataclass(frozen=True)
class _Template:
    """English words with places for values, and the words of another language for them."""

    english: re.Pattern[str]
    words: str


@cache
def _templates(language: str) -> tuple[_Template, ...]:
    """Those with most words first: what is said exactly goes before what is said in general."""
    texts = server_texts(language)
    order = sorted(texts, key=lambda english: -len(PLACE.sub("", english)))
    return tuple(_Template(_pattern(english), texts[english]) for english in order)


def _within(place: str) -> str:
    if place == "list":
        return LIST
    return "." if place in LONG else ONE


def _pattern(english: str) -> re.Pattern[str]:
    parts = PLACE.split(english)
    return re.compile(
        "".join(
            f"(?P<{part}>{_within(part)}+?)" if at % 2 else re.escape(part)
            for at, part in enumerate(parts)
        ),
        re.DOTALL,
    )
