from __future__ import annotations

from dataclasses import replace

import pytest

from sr_app.inference.export_format import (
    Conversion,
    Exported,
    ExportFormat,
    check_companions,
    write_all,
)
from sr_app.networks.card import Card
from sr_app.networks.imported import ImportedGraph

TWO = ExportFormat(".xml", 1.0, lambda card: Conversion({".xml": b"x", ".bin": b"b"}, 0.0, "Keras"))


def card(licence: str = "CC-BY-NC-4.0") -> Card:
    return Card("net_x2", "", "", 2, ImportedGraph(), licence=licence)


def test_the_size_is_that_of_all_files(tmp_path):
    files = tmp_path / "a.xml", tmp_path / "a.bin"
    for file, size in zip(files, (3, 5), strict=True):
        file.write_bytes(bytes(size))
    assert Exported(files, 0.0, "Keras").size == 8


def test_the_licence_is_told_last(tmp_path):
    told = TWO.write(card(), tmp_path / "a.xml").notes[-1]
    assert told == "its licence is that of net_x2: CC-BY-NC-4.0 (no commercial use)"


def test_a_border_that_the_file_lacks_is_told(tmp_path):
    plain = card()
    assert len(TWO.write(plain, tmp_path / "a.xml").notes) == 2
    near = replace(plain, border=8, receptive_radius=20)
    told = TWO.write(near, tmp_path / "a.xml").notes[-2]
    assert "mirror 8 pixels around a photo" in told and "cut 16 off each side" in told
    told = TWO.write(replace(near, receptive_radius=5), tmp_path / "a.xml").notes[-2]
    assert "mirror 5 pixels around a photo" in told  # no farther than the network sees
    fixed = replace(near, network=ImportedGraph(side=64))
    assert len(TWO.write(fixed, tmp_path / "a.xml").notes) == 2


def test_a_folder_is_no_file_to_write(tmp_path):
    (tmp_path / "a.xml").mkdir()
    with pytest.raises(ValueError, match=r"a.xml: expected a file to write. Received: a folder"):
        TWO.write(card(), tmp_path / "a.xml")


def test_what_another_program_s_network_needs_is_not_written_over(tmp_path):
    """A network of ncnn is a .param and a .bin."""
    weights = tmp_path / "a.bin"
    weights.write_bytes(b"ncnn")
    with pytest.raises(ValueError, match=r"a.bin where there is no a.xml.*choose another name"):
        TWO.write(card(), tmp_path / "a.xml")
    assert weights.read_bytes() == b"ncnn" and list(tmp_path.iterdir()) == [weights]


def test_an_earlier_export_is_written_over(tmp_path):
    for _ in range(2):
        assert len(TWO.write(card(), tmp_path / "a.xml").files) == 2
    check_companions(tmp_path / "a.xml", tmp_path / "a.bin")


def test_of_files_that_belong_together_all_appear_or_none(tmp_path):
    (tmp_path / "a.bin").mkdir()
    with pytest.raises(OSError, match=r"a\.bin"):
        write_all({tmp_path / "a.xml": b"x", tmp_path / "a.bin": b"b"})
    assert [path.name for path in tmp_path.iterdir()] == ["a.bin"]
