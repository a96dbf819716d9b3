from __future__ import annotations

import pytest

from sr_app.files.extras import MissingExtraError
from sr_app.inference.device import PLAIN, Device
from sr_app.inference.device_record import DeviceRecord
from sr_app.inference.devices import find_device, list_devices, preferred_device

FAST, SLOW = (Device(name, "gpu", "fake") for name in ("fast", "slow"))


class Fake:
    @classmethod
    def devices(cls):
        return (PLAIN, SLOW, FAST)


class Missing:
    @classmethod
    def devices(cls):
        raise MissingExtraError("openvino")


KINDS = {"onnxruntime": Fake, "fake": Fake, "missing": Missing}


@pytest.fixture
def measured(monkeypatch):
    def keep(**milliseconds: float) -> None:
        record = DeviceRecord("p", {}, milliseconds, dict.fromkeys(milliseconds, 0.0))
        monkeypatch.setattr("sr_app.inference.devices.read_record", lambda: record)

    monkeypatch.setattr("sr_app.inference.devices.read_record", lambda: None)
    return keep


def test_every_device_is_listed_once_and_a_missing_engine_left_out():
    assert list_devices(KINDS) == (PLAIN, SLOW, FAST)


def test_a_kind_is_the_fastest_of_it(measured):
    assert find_device("gpu", KINDS) == SLOW  # the first: nothing was measured
    measured(fast=1, slow=2)
    assert find_device("gpu", KINDS) == FAST and find_device("slow", KINDS) == SLOW
    assert find_device("cpu", KINDS) == PLAIN


@pytest.mark.parametrize("wished", ["tpu", "npu"])
def test_an_unknown_one_names_those_available(measured, wished):
    with pytest.raises(ValueError, match=f"auto, cpu, slow, fast. Received: '{wished}'"):
        find_device(wished, KINDS)


def test_auto_is_what_was_measured_if_it_is_still_there(measured):
    assert preferred_device(KINDS) == PLAIN
    measured(cpu=10, fast=1)
    assert preferred_device(KINDS) == FAST
    measured(cpu=10, gone=1)
    assert preferred_device(KINDS) == PLAIN
