from __future__ import annotations

import json
from importlib import metadata

import pytest

from sr_app.inference import device_record
from sr_app.inference.device_record import DeviceRecord, read_record, record_file, write_record


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


def record(**milliseconds: float) -> DeviceRecord:
    engines = {"onnxruntime": metadata.version("onnxruntime")}
    return DeviceRecord("esrn_x2", engines, milliseconds, dict.fromkeys(milliseconds, 0.001))


def test_auto_takes_what_is_clearly_faster_and_right():
    assert record(cpu=100, near=95).chosen == "cpu"
    assert record(cpu=100, fast=50, faster=20).chosen == "faster"
    wrong = record(cpu=100, fast=50, faster=20)
    wrong.differences["faster"] = 0.5
    assert wrong.chosen == "fast" and wrong.fastest(("faster",)) is None
    assert DeviceRecord("p", {}, {}, {}).chosen == "cpu"


def test_a_record_comes_back_for_the_engines_that_it_was_made_with():
    assert read_record() is None
    assert write_record(record(cpu=2.0)) and read_record() == record(cpu=2.0)
    told = json.loads(record_file().read_text())
    record_file().write_text(json.dumps({**told, "engines": {"onnxruntime": "0.1"}}))
    assert read_record() is None


@pytest.mark.parametrize("text", ["", "[]", '{"preset": 1}', '{"engines": {"no-such-thing": "1"}}'])
def test_a_damaged_record_counts_for_none(text):
    record_file().parent.mkdir(parents=True)
    record_file().write_text(text)
    assert read_record() is None


def test_what_cannot_be_written_is_no_error(tmp_path):
    (tmp_path / "sr-app").write_text("a file")
    assert not write_record(record(cpu=1.0))


def test_the_engines_are_among_the_packages():
    assert device_record.installed_engines()["onnxruntime"] == metadata.version("onnxruntime")
