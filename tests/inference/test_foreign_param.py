"""ncnn's text format: what it says, and what is wrong with it in one line."""

from __future__ import annotations

import pytest

from sr_app.inference.foreign_param import parameter_count, read_param
from tests.inference.ncnn_files import NcnnForeign

WELL = """7767517
3 3
Input in 0 1 data
Convolution a 1 1 data x 0=12 1=3 4=1 5=1 6=324
PixelShuffle b 1 1 x out 0=2
"""


def test_layers_ends_and_parameters_are_read(tmp_path):
    (tmp_path / "net.param").write_text(WELL)
    param = read_param(tmp_path / "net.param")
    assert param.ends() == (["data"], ["out"])
    assert [layer.kind for layer in param.layers] == ["Input", "Convolution", "PixelShuffle"]
    assert param.layers[1].number(0) == 12 and param.layers[1].number(3, 7) == 7
    assert parameter_count(param) == 324 + 12
    unknown = WELL.replace("PixelShuffle b 1 1 x out 0=2", "Gemm b 1 1 x out")
    (tmp_path / "net.param").write_text(unknown)
    assert parameter_count(read_param(tmp_path / "net.param")) is None


def test_what_the_tests_write_is_of_the_format(tmp_path):
    param = read_param(NcnnForeign(scale=3, multiple=2).write(tmp_path / "net.param"))
    assert parameter_count(param) == 9 + 3 + 9 + 27 + 81
    assert len(param.ends()[1]) == 1


FAULTY = {
    "begins with 7767517. Received: 'not ncnn'": WELL.replace("7767517", "not ncnn"),
    "begins with 7767517. Received: nothing": "",
    "in line 4. Received: 'Convolution a 1": WELL.replace(" 1 1 data x", " 1 one data x"),
    "in line 5. Received: 'PixelShuffle b": WELL.replace("b 1 1 x out 0=2", "b 1 9 x out 0=2"),
    "after what makes it. Received: 'y' in the layer 'b'": WELL.replace("1 1 x out", "1 1 y out"),
    "expected 3 layers and 3 blobs .* Received: '9' '3'": WELL.replace("3 3", "9 3"),
    "of different names, .* Received: 'data'": WELL.replace("1 1 x out", "1 1 x data"),
    "one output, a picture. Received: 'x', 'out'": WELL.replace("1 1 x out", "1 1 data out"),
    "expected one input, a picture. Received: 'data', 'more'": WELL.replace("3 3", "4 4").replace(
        "Conv", "Input more 0 1 more\nConv", 1
    ),
}


@pytest.mark.parametrize("message", FAULTY)
def test_a_faulty_file_is_told_in_one_line(message, tmp_path):
    (tmp_path / "net.param").write_text(FAULTY[message])
    with pytest.raises(ValueError, match=message) as caught:
        read_param(tmp_path / "net.param")
    assert "\n" not in str(caught.value)
