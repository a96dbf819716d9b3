"""Languages: complete catalogues, nothing visible outside them, and answers in words."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import sr_app
from sr_app.image.decoder_worker import told as _told
from sr_app.image.fates import loss
from sr_app.image.headers import _stranger
from sr_app.image.inspection import Traces, reason_for
from sr_app.image.photo import Photo
from sr_app.inference.goal import AUTO, CLEAN, REAL
from sr_app.inference.result_rows import size_warnings
from sr_app.networks.presets import list_presets
from sr_app.serving import language, messages
from sr_app.serving.choices import list_choices
from sr_app.serving.examples import EXAMPLES
from sr_app.serving.jobs import Step
from sr_app.serving.language import (
    LANGUAGES,
    answer,
    page_texts,
    prefer,
    served_texts,
    server_texts,
    translate,
)
from sr_app.serving.limits import Limits
from sr_app.serving.page_routes import PAGE
from sr_app.serving.session import Settings
from sr_app.serving.sizes import MEASURES, exact_size, words

OTHERS = [code for code in LANGUAGES if code != "en"]
PACKAGE = Path(sr_app.__file__).parent
PLACES = re.compile(r"\{\w+\}|<[^>]+>")
SAME = {"sr_app", "Aa", "100 %", "200 %", "0", "8", "16", "24", "32 +", "✕"}


def test_there_are_four_languages() -> None:
    assert {"en", "de", "es", "fr"} <= set(LANGUAGES)


@pytest.mark.parametrize("code", OTHERS)
def test_a_catalogue_has_every_text_with_the_same_places(code) -> None:
    english, other = page_texts("en"), page_texts(code)
    assert english.keys() == other.keys()
    assert server_texts(code).keys() == server_texts("de").keys()
    pairs = [(english[key], other[key]) for key in english if not key.startswith("number.")]
    for said, text in [*pairs, *server_texts(code).items()]:
        assert text and text.strip() == text
        assert sorted(PLACES.findall(said)) == sorted(PLACES.findall(text)), said
        assert "..." not in text and '"' not in text and "  " not in text, said


def test_the_page_and_its_scripts_ask_for_texts_that_there_are_and_for_all_of_them() -> None:
    html = (PAGE / "page.html").read_text("utf-8")
    scripts = "".join(path.read_text("utf-8") for path in PAGE.glob("*.js"))
    asked = set(language.KEY.findall(html))
    asked |= set(re.findall(r"'([a-z]+\.[a-z_]+)'", scripts)) & page_texts("en").keys()
    asked |= set(re.findall(r"say\('([\w.]+)'", scripts))
    for start in re.findall(r"say\(`(\w+\.)\$\{", scripts):  # what comes then is decided there
        asked |= {key for key in page_texts("en") if key.startswith(start)}
    asked |= {"number.point", "number.group", "drop.hint_raw"}
    assert asked == page_texts("en").keys()


@pytest.mark.parametrize("code", LANGUAGES)
def test_camera_raw_is_named_where_it_is_read(code, monkeypatch) -> None:
    hints = []
    for there in (True, False):
        monkeypatch.setattr(language, "is_installed", lambda library, there=there: there)
        hints.append(served_texts(code)["drop.hint"])
    assert ["raw" in hint.lower() or "roh" in hint.lower() for hint in hints] == [True, False]


def visible(html: str) -> Iterator[str]:
    """Texts between tags, and in attributes that somebody sees or hears."""
    yield from re.findall(r">([^<>]+)<", html)
    yield from re.findall(r'\b(?:title|alt|placeholder|aria-(?:label|valuetext))="([^"]*)"', html)


def test_no_word_of_the_page_stands_in_its_html() -> None:
    texts = {text.strip() for text in visible((PAGE / "page.html").read_text("utf-8"))}
    bare = {language.KEY.sub("", text).strip() for text in texts} - SAME - {""}
    assert not {text for text in bare if re.search(r"\w", text)}


def test_no_word_of_the_page_stands_in_its_styles() -> None:
    said = re.findall(r"""content:\s*['"]([^'"]+)['"]""", (PAGE / "style.css").read_text("utf-8"))
    assert not [text for text in said if re.search(r"\w", text)]


def strings(script: str) -> Iterator[str]:
    """Quoted texts of a script, templates without what is put into them."""
    script = re.sub(r"(?m)(?<!:)//.*$", "", script)
    yield from re.findall(r"'([^'\n]*)'", script)
    yield from (re.sub(r"\$\{[^}]*\}", "", text) for text in re.findall(r"`([^`]*)`", script))


@pytest.mark.parametrize("path", sorted(PAGE.glob("*.js")), ids=lambda path: path.name)
def test_no_sentence_stands_in_a_script(path) -> None:
    script = re.sub(r"throw new Error\([^)]*\)", "", path.read_text("utf-8"))
    script = re.sub(r"innerHTML =[^;]*;", "", script)
    bare = {text for text in strings(script) if re.match("[A-Z][a-z]+( |$)|[a-z]+ [a-z]+ ", text)}
    assert bare <= {"Files", "Backspace", "Enter"}, "names that browsers have"


ALIKE = {
    "apache", "auto", "avif", "bigtiff", "bmp", "cat", "clean", "cmyk", "dpi", "esrn_x2", "exif",
    "gif", "hdr", "heic", "icc", "iptc", "jpeg", "jpg", "jxl", "min", "niqe", "pdf", "png", "real",
    "rgb", "sdr", "sigsegv", "srgb", "tiff", "vivid", "webp", "xmp",
}  # fmt: skip
"""Words that are the same everywhere: of formats, units, names."""

READERS = (
    "attachments", "decoder_pool", "decoders", "headers", "isobmff", "jpeg_segments", "jxl_header",
    "limits", "pixels", "png_chunks", "raw", "tiff_contents", "tiff_decoder", "tiff_directory",
)  # fmt: skip
"""Modules of ``image`` that read what was uploaded, or say what a file loses."""


@pytest.fixture
def pseudo(monkeypatch) -> str:
    """A language in which every known letter is a dot: what is left was not known."""

    def dotted(english: str) -> str:
        parts = re.split(r"(\{\w+\})", english)
        return "".join(
            part if part[:1] == "{" else re.sub(r"[^\W\d_]", "·", part) for part in parts
        )

    known = {english: dotted(english) for english in server_texts("de")}
    monkeypatch.setattr(language, "server_texts", lambda code: known)
    monkeypatch.setattr(language, "page_texts", lambda code: page_texts("de"))
    language.translate.cache_clear()
    language._templates.cache_clear()
    yield "pseudo"
    language.translate.cache_clear()
    language._templates.cache_clear()


def unknown(text: str, code: str) -> set[str]:
    """Words of a text that its translation still has."""
    words = set(re.findall(r"[A-Za-z_]{3,}\w*", translate(text, code)))
    return {word for word in words if word.lower() not in ALIKE}


def said() -> Iterator[str]:
    """All that the page's own sentences can be, with values."""
    yield from (v for k, v in vars(messages).items() if k.isupper() and isinstance(v, str))
    yield from (messages.kind(purpose) for purpose in (CLEAN, REAL, AUTO))
    for state in ("waiting", "cancelled"):
        yield from (messages.row(state, seconds, "", "") for seconds in (None, 40.0))
    counts = {"done": 5, "refused": 1, "cancelled": 2, "ready": 4}
    yield from (messages.batch(counts, 4000.0), messages.batch({"done": 1, "refused": 3}, None))
    for reason in (
        "Looks clean: JPEG quality about 92.",
        "Looks clean enough: visible JPEG compression.",
        "Looks like a photo that needs cleaning: noise, soft, as if enlarged 1.5 times before.",
    ):
        yield from (messages.proposal(reason, kind, t) for kind in messages.KINDS for t in (0, 1))
    steps = [Step(0, 0), Step(3, 9), Step(3, 9, 4.0), Step(9, 9), Step(9, 9, 4.0, 0.5)]
    yield from map(messages.running, steps)
    yield from map(messages.waiting, (0, 1, 3))
    yield messages.naturalness(None)
    yield messages.naturalness((("Interpolated", 1.2), ("Faithful", 2.3), ("Vivid", 3.4)))
    yield messages.other_settings(
        messages.settings("2×", REAL, None, True), messages.settings("4×", AUTO, "esrn_x2", False)
    )
    yield messages.arrow((30, 40), (60, 80))
    yield from (messages.made("1920 pixels wide", True), "12 × 12 px, made in 1 h 20 min")
    limits = Limits(input_pixels=10, output_pixels=50)
    for refused in (
        lambda: limits.check_photo(9, 9),
        lambda: limits.check_result(3, 4, 3),
        lambda: limits.check_result(3, 4, 4),
        lambda: limits.check_result(9, 9, 2),
        lambda: limits.check_size(9, 9),
        lambda: exact_size("wide", 10, (20, 20)),
        lambda: exact_size("times", 90, (20, 20)),
    ):
        with pytest.raises(ValueError) as error:
            refused()
        yield str(error.value)
    photo = Photo(np.zeros((2, 2, 3), np.uint8))
    yield from size_warnings(list_presets()[0], photo, (20, 20))
    for key, measure in MEASURES.items():
        yield from (measure.name, words(Settings(size=(key, 12.5))))
    for enlarged, noise, blocks, quality in ((1, 0, 0, 90), (1.5, 3, 2, 20), (1, 0, 0, None)):
        traces = Traces(noise, noise, 0, blocks, quality, enlarged)
        yield from (reason_for(kind, traces, None) for kind in (CLEAN, REAL))
    yield from (loss("JPEG", ["exif", "comments", "gain_map"]), loss("BMP", ["profile", "texts"]))
    yield from ("JPEG holds no alpha: transparent parts become white", "cat.png: no such file")
    yield from (
        "cat.png: expected JPEG, PNG, WebP, TIFF, AVIF, HEIC, JPEG XL, GIF or BMP. "
        f"Received: {_stranger(start)}"
        for start in (b"%PDF", b"<html", b"\0\0")
    )
    yield from (f"cat.png: {_told(code)}" for code in (1, 77, -9, -11))


def test_all_that_the_page_says_is_known(pseudo) -> None:
    texts = list(said())
    assert len(texts) > 80
    assert not {text: left for text in texts if (left := unknown(text, pseudo))}


def test_what_can_be_chosen_is_known(pseudo) -> None:
    shown = answer(list_choices(Limits()), pseudo)
    names = [one["name"] for part in ("kinds", "sizes", "formats") for one in shown[part]]
    names += [shown["auto"]["name"], shown["hint"]]
    names += [translate(text, pseudo) for one in EXAMPLES for text in (one.title, one.shows)]
    names += [translate(card.title, pseudo) for card in list_presets() if card.purpose != "study"]
    left = {word for name in names for word in re.findall(r"[A-Za-z]{3,}", name)}
    assert {word for word in left if word.lower() not in ALIKE} == set()


def literals(module: str) -> Iterator[str]:
    """What a reader says of a file, with sevens in its places."""
    tree = ast.parse((PACKAGE / "image" / f"{module}.py").read_text("utf-8"))
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        name = getattr(call.func, "id", getattr(call.func, "attr", ""))
        on = ast.unparse(call.func)
        if name in ("PhotoError", "RefusedError") or on.endswith(("warnings.append", "found.warn")):
            match call.args[:1]:
                case [ast.Constant(str(text))]:
                    yield text
                case [ast.JoinedStr(parts)]:
                    yield "".join(
                        str(part.value) if isinstance(part, ast.Constant) else "7" for part in parts
                    )


@pytest.mark.parametrize("module", READERS)
def test_what_is_said_of_a_file_is_known(pseudo, module) -> None:
    texts = [text for text in literals(module) if re.search("[a-z]{3}", text)]
    assert texts, "this module says nothing"
    assert not {text: left for text in texts if (left := unknown(text, pseudo))}


@pytest.mark.parametrize(
    ("accepted", "code"),
    [
        (None, "en"), ("", "en"), ("*", "en"), (",;=", "en"), ("de;q=0", "en"), ("fr-CA", "fr"),
        ("de-DE,de;q=0.9,en;q=0.8", "de"), ("ja,fr;q=0.5,en;q=0.7", "en"),
        ("x;q=9, ES-mx ;q=0.3", "es"),
    ],
)  # fmt: skip
def test_the_language_is_the_one_that_the_browser_likes_best(accepted, code) -> None:
    assert prefer(accepted) == code


def test_names_stay_and_numbers_are_written_as_the_language_writes_them() -> None:
    photo = {"name": "Vivid, Before", "layers": [{"name": "Before", "url": "Before"}]}
    view = {"photo": photo, "status": {"kind": "note", "text": "Cancelled. Nothing was kept."}}
    shown = answer(view, "de")
    assert shown["photo"]["name"] == "Vivid, Before"
    assert shown["photo"]["layers"] == [{"name": "Vorher", "url": "Before"}]
    assert shown["status"] == {"kind": "note", "text": "Abgebrochen. Es wurde nichts aufbewahrt."}
    assert answer(view, "en") is view
    assert translate("Vivid.png: expected a photo. Received: a PDF", "de") == (
        "Vivid.png: erwartet wird ein Foto. Erhalten: ein PDF"
    )
    assert translate("9 × 9 px, made in 3.4 s", "fr") == "9 × 9 px, en 3,4 s"
    assert translate("at version 1.5 of something", "de") == "at version 1.5 of something"
    listed = translate("5 of 12 done, 1 refused, about 40 s left", "es")
    assert listed == "5 de 12 listas, 1 rechazada, quedan unos 40 s"


def test_no_name_of_a_file_makes_the_search_slow_or_deep() -> None:
    odd = "1 of 2 done, about " * 100 + ": " * 100 + "about 1, about 2 left"
    assert translate(f"{odd}.png: expected a photo. Received: a PDF", "de").endswith(
        "Erhalten: ein PDF"
    )
