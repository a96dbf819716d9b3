"""Examples: there, small, and photos by their header."""

from __future__ import annotations

from sr_app.image.files import read_header
from sr_app.serving.examples import EXAMPLES, THUMBNAIL_PIXELS, find_examples, lay_out
from sr_app.serving.limits import Limits


def test_every_example_is_shipped_with_scikit_image() -> None:
    assert find_examples() == list(EXAMPLES)


def test_examples_are_photos_that_the_page_takes_at_every_factor() -> None:
    for example in find_examples():
        header = read_header(example.path)
        assert header.format in ("png", "jpeg")
        Limits().check_photo(header.height, header.width)
        Limits().check_result(header.height, header.width, 4)


def test_examples_say_what_they_show() -> None:
    assert all(example.title and example.shows for example in EXAMPLES)


def test_pictures_are_copied_as_they_are_and_get_a_thumbnail(tmp_path) -> None:
    (picture, small), *others = lay_out(find_examples(), tmp_path)
    assert picture.read_bytes() == EXAMPLES[0].path.read_bytes()
    header = read_header(small)
    assert header.width * header.height <= THUMBNAIL_PIXELS
    assert len(others) == len(EXAMPLES) - 1
