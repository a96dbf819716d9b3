import pytest

from sr_app.jobs import hardware
from sr_app.jobs.hardware import describe_hardware, processor


@pytest.mark.parametrize(("cores", "words"), [(1, "1 CPU core ("), (2, "2 CPU cores (")])
def test_cores_and_processor_are_named(monkeypatch, cores, words):
    monkeypatch.setattr(hardware, "usable_cores", lambda: cores)
    assert words in describe_hardware() and processor() in describe_hardware() and processor()
