from __future__ import annotations

import base64
import io
import re
from html.parser import HTMLParser
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from sr_app.evaluation.benchmark import Benchmark, PictureScore
from sr_app.evaluation.crops import Crop
from sr_app.evaluation.frontier import Point
from sr_app.evaluation.report import make_frontier_html, make_html, plot_frontier

RNG = np.random.default_rng(0)
PICTURES = (
    PictureScore("bird", {"psnr": 36.8112, "ssim": 0.97211}),
    PictureScore("<b>woman</b> & $5_x^2$", {"psnr": 32.1499, "ssim": 0.94714}),
)
MEAN = {"psnr": 34.48055, "ssim": 0.959625}
BENCHMARK = Benchmark(MEAN, PICTURES, 2, "y", "photos", "imresize, 8 bits")
CROP = Crop(PICTURES[0], *RNG.integers(0, 256, (3, 12, 14, 3)).astype(np.uint8))


class Page(HTMLParser):
    """Texts of cells, sources of pictures, and whatever would be fetched from elsewhere."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.cells: list[str] = []
        self.sources: list[str] = []
        self.outside: list[str] = []
        self.tags: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            if name == "src":
                self.sources.append(value)
            if name in ("src", "href") and not value.startswith("data:"):
                self.outside.append(value)

    def handle_data(self, data: str) -> None:
        if data.strip() and self.tags and self.tags[-1] in ("td", "th"):
            self.cells.append(data)


def test_the_table_holds_every_figure_as_papers_print_them() -> None:
    page = Page(make_html(BENCHMARK, "esrn_x2"))
    assert page.cells[:3] == ["Picture", "PSNR (dB)", "SSIM"]
    assert page.cells[3:6] == ["bird", "36.81", "0.9721"]
    assert page.cells[-3:] == ["Mean", "34.48", "0.9596"]


def test_the_page_stands_alone() -> None:
    html = make_html(BENCHMARK, "esrn_x2", [CROP])
    page = Page(html)
    assert page.outside == []
    assert {"script", "link", "iframe"}.isdisjoint(page.tags)
    assert len(page.sources) == 1 + 3


def test_names_are_text_never_markup() -> None:
    html = make_html(BENCHMARK, "<script>alert(1)</script>", [CROP])
    assert "<script>" not in html
    assert "<b>woman" not in html
    assert "&lt;b&gt;woman&lt;/b&gt; &amp; $5_x^2$" in html


def test_crops_are_lossless() -> None:
    page = Page(make_html(BENCHMARK, "esrn_x2", [CROP]))
    for source, expected in zip(page.sources[1:], (CROP.hr, CROP.bicubic, CROP.sr), strict=True):
        data = base64.b64decode(source.removeprefix("data:image/png;base64,"))
        assert np.array_equal(np.asarray(Image.open(io.BytesIO(data))), expected)


def test_bicubic_is_not_shown_twice() -> None:
    assert len(Page(make_html(BENCHMARK, "bicubic", [CROP])).sources) == 1 + 2


def plot(benchmark: Benchmark) -> ElementTree.Element:
    source = Page(make_html(benchmark, "esrn_x2")).sources[0]
    return ElementTree.fromstring(base64.b64decode(source.split("base64,")[1]))


def test_the_plot_is_a_picture_with_bars_and_points() -> None:
    found = plot(BENCHMARK)
    assert found.tag.endswith("svg")
    assert len(found.findall(".//{*}g[@id]")) > 20


@pytest.mark.parametrize("psnr", [np.inf, 36.0])
def test_one_metric_and_infinite_values_have_a_plot_too(psnr: float) -> None:
    pictures = (PictureScore("a", {"psnr": psnr}),)
    benchmark = Benchmark({"psnr": psnr}, pictures, 4, "rgb", "photos", "lr")
    assert plot(benchmark).tag.endswith("svg")
    assert ("∞" in make_html(benchmark, "x")) == np.isinf(psnr)


def test_the_same_figures_give_the_same_page() -> None:
    assert make_html(BENCHMARK, "esrn_x2", [CROP]) == make_html(BENCHMARK, "esrn_x2", [CROP])


def test_facts() -> None:
    html = make_html(BENCHMARK, "esrn_x2")
    assert "photos (2 pictures)" in html
    assert "PSNR 34.48 dB, SSIM 0.9596" in html
    assert "border = scale" in html
    assert re.search(r"<h1>esrn_x2, x2</h1>", html)


def test_a_frontier_shows_every_point_and_stands_alone() -> None:
    rows = [("outputs", 30.0, 0.3), ("outputs", 28.0, 0.1), ("weights", 30.0, 0.3)]
    rows.append(("weights", 28.0, 0.12))
    points = [Point(m, float(i % 2), {"psnr": p, "lpips": v}) for i, (m, p, v) in enumerate(rows)]
    page = Page(html := make_frontier_html(points, "a to b", {"Pictures": "photos"}))
    assert page.cells[:6] == ["Place", "PSNR (dB)", "LPIPS", "outputs, t = 0", "30.00", "0.3000"]
    assert not page.outside and "+0.0000 (positive is better)" in html
    (source,) = page.sources
    plot = base64.b64decode(source.partition(",")[2])
    assert plot == plot_frontier(points)
    ElementTree.fromstring(plot)
