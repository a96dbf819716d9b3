from __future__ import annotations

from html.parser import HTMLParser
from urllib.request import urlopen

from sr_app.evaluation.page import data_url, listing, make_page


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


def test_plain_text_stays_text_and_every_tag_is_closed() -> None:
    seen = Seen(make_page("a < b & <i>c</i>", [listing({"<k>": 'say "<b>"'}), "<p>end</p>"]))
    assert seen.texts["title"] == seen.texts["h1"] == ["a < b & <i>c</i>"]
    assert (seen.texts["dt"], seen.texts["dd"]) == (["<k>"], ['say "<b>"'])
    assert seen.texts["p"] == ["end"] and seen.open == []


def test_a_pages_own_style_comes_after_the_frames() -> None:
    (style,) = Seen(make_page("t", [], style="\nbody { max-width: 76rem; }\n")).texts["style"]
    assert style.index("62rem") < style.index("76rem")  # the later one holds


def test_only_a_page_that_is_told_to_reads_itself_anew() -> None:
    metas = (Seen(make_page("t", [], reload=seconds)).meta for seconds in (None, 5))
    assert [[m["content"] for m in meta if "http-equiv" in m] for meta in metas] == [[], ["5"]]


def test_a_file_inside_the_page_is_the_file() -> None:
    content = bytes(range(256))
    with urlopen(data_url("image/png", content)) as response:
        assert response.read() == content
        assert response.headers["content-type"] == "image/png"
