"""Pages from templates: text stays text, and what a template lacks is an error."""

from __future__ import annotations

from html.parser import HTMLParser
from urllib.request import urlopen

import pytest
from jinja2 import UndefinedError

from sr_app.evaluation.page import TEMPLATES, data_url, render


class Seen(HTMLParser):
    """Tags, and the texts inside of each kind of tag."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.texts: dict[str, list[str]] = {}
        self.meta: list[dict] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list) -> None:
        if tag == "meta":
            self.meta.append(dict(attrs))
        else:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and data.strip():
            self.texts.setdefault(self.open[-1], []).append(data)


@pytest.fixture
def template(tmp_path):
    path = tmp_path / "own.html"
    path.write_text(
        """{% extends "page.html" %}
        {% from "parts.html" import listing %}
        {% block style %}body { max-width: 76rem; }{% endblock %}
        {% block body %}{{ listing(facts) }}<p>{{ end }}</p>{% endblock %}"""
    )
    return path


VALUES = {"title": "a < b & <i>c</i>", "facts": {"<k>": 'say "<b>"'}, "end": "<i>end</i>"}


def test_plain_text_stays_text_and_every_tag_is_closed(template) -> None:
    seen = Seen(render(template, VALUES))
    assert seen.texts["title"] == seen.texts["h1"] == ["a < b & <i>c</i>"]
    assert (seen.texts["dt"], seen.texts["dd"]) == (["<k>"], ['say "<b>"'])
    assert seen.texts["p"] == ["<i>end</i>"] and seen.open == [] and "i" not in seen.texts


def test_a_pages_own_style_comes_after_the_frames(template) -> None:
    (style,) = Seen(render(template, VALUES)).texts["style"]
    assert style.index("62rem") < style.index("76rem")  # the later one holds


def test_a_name_that_is_not_there_is_an_error_and_no_gap(template) -> None:
    with pytest.raises(UndefinedError, match="end"):
        render(template, {"title": "t", "facts": {}})


@pytest.mark.parametrize("path", sorted(TEMPLATES.glob("*.html")), ids=lambda path: path.name)
def test_no_template_asks_another_machine(path) -> None:
    assert "http://" not in path.read_text() and "https://" not in path.read_text()


def test_a_file_inside_the_page_is_the_file() -> None:
    content = bytes(range(256))
    with urlopen(data_url("image/png", content)) as response:
        assert response.read() == content
        assert response.headers["content-type"] == "image/png"
