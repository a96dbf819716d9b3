import pytest

from sr_app.jobs import hardware
from sr_app.jobs.hardware import describe_hardware, lacks_bfloat16, processor


@pytest.mark.parametrize(("cores", "words"), [(1, "1 CPU core ("), (2, "2 CPU cores (")])
def test_cores_and_processor_are_named(monkeypatch, cores, words):
    monkeypatch.setattr(hardware, "usable_cores", lambda: cores)
    assert words in describe_hardware() and processor() in describe_hardware() and processor()


@pytest.mark.parametrize(
    ("list_of_features", "lacks"),
    [
        ("flags : fpu avx2 avx512_bf16", False),
        ("flags : fpu amx_bf16", False),
        ("flags\t\t: fpu avx2 fma", True),
        ("Features : fp asimd bf16", False),
        ("Features : fp asimd", True),
        ("model name : of which nothing is known", False),
    ],
)
def test_a_processor_says_whether_it_computes_bfloat16(
    monkeypatch, tmp_path, list_of_features, lacks
):
    (tmp_path / "cpuinfo").write_text(f"processor : 0\n{list_of_features}\n\nprocessor : 1\n")
    monkeypatch.setattr(hardware, "Path", lambda path: tmp_path / "cpuinfo")
    devices = ["cpu:0"]
    monkeypatch.setattr("keras.distribution.list_devices", lambda: devices)
    assert lacks_bfloat16() is lacks
    devices.append("gpu:0")
    assert not lacks_bfloat16()
