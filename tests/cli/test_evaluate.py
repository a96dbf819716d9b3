from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import skimage.data
from PIL import Image

from sr_app.image.resize import imresize, modcrop

if TYPE_CHECKING:
    from tests.cli.conftest import Run


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "hr"
    path.mkdir()
    Image.fromarray(skimage.data.astronaut()[60:130, 180:262]).save(path / "astronaut[1].png")
    Image.fromarray(skimage.data.camera()[100:170, 200:280]).save(path / "camera.png")
    return path


def figures(output: str) -> dict[str, list[str]]:
    """Rows of the printed table by their first cell."""
    rows = ([c.strip() for c in line.split("│")[1:-1]] for line in output.splitlines())
    return {row[0]: row[1:] for row in rows if len(row) > 1}


def test_table_and_json_agree(run: Run, folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "figures.json"
    result = run("evaluate", folder, "--method", "bicubic", "--scale", 2, "--json", out)
    data, table = json.loads(out.read_text()), figures(result.stdout)
    assert list(data)[:2] == ["mean", "pictures"]
    assert [row["name"] for row in data["pictures"]] == ["astronaut[1]", "camera"]
    for name, row in [("mean", data["mean"]), *((p["name"], p) for p in data["pictures"])]:
        assert table[name] == [f"{row['psnr']:.2f}", f"{row['ssim']:.4f}"]
    assert data["method"] == "bicubic"
    assert data["protocol"] == "y"
    assert not list(tmp_path.glob(".*"))


@pytest.mark.parametrize(
    "options", [["--as-network"], ["--protocol", "rgb"], ["--method", "lanczos"]]
)
def test_options_change_the_figures(run: Run, folder: Path, tmp_path: Path, options: list) -> None:
    out = tmp_path / "figures.json"
    base = ["evaluate", folder, "--scale", 2, "--json", out, "--method", "bicubic"]
    run(*base)
    plain = json.loads(out.read_text())["mean"]
    run(*base, *options)
    assert json.loads(out.read_text())["mean"] != plain


def test_lr_from_a_folder(run: Run, folder: Path, tmp_path: Path) -> None:
    out, lr = tmp_path / "figures.json", tmp_path / "lr"
    lr.mkdir()
    for path in folder.iterdir():
        small = imresize(modcrop(np.asarray(Image.open(path)), 2), 0.5)
        Image.fromarray(small).save(lr / f"{path.stem}x2.png")
    base = ["evaluate", folder, "--scale", 2, "--method", "bicubic", "--json", out]
    run(*base, "--as-network")
    made = json.loads(out.read_text())["mean"]
    run(*base, "--lr-folder", lr)
    assert json.loads(out.read_text())["mean"] == made
    (lr / "camerax2.png").unlink()
    assert "camera (no camerax2 or camera)" in run(*base, "--lr", lr, code=2).stderr


def test_report(run: Run, folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "report.html"
    run("evaluate", folder, "--method", "lanczos", "--scale", 2, "--html", out)
    html = out.read_text(encoding="utf-8")
    assert html.count('src="data:image/png') == 6  # two pictures; original, bicubic, result
    assert "lanczos, x2" in html


def test_a_preset_is_called_through_the_upscaler(
    run: Run, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sr_app.inference.upscaler import Upscaler

    class Doubling:
        scale = 2

        def __call__(self, lr: np.ndarray) -> np.ndarray:
            return imresize(lr / 255.0, 2)

    monkeypatch.setattr(Upscaler, "from_preset", lambda name: Doubling())
    out = tmp_path / "figures.json"
    base = ["evaluate", folder, "--preset", "some/where/tiny_x2", "--json", out]
    result = run(*base, "--scale", 2)
    data = json.loads(out.read_text())
    assert "tiny_x2, x2, protocol y" in result.stdout
    assert data["preset"] == "some/where/tiny_x2"
    assert data["lr"] == "imresize, 8 bits"
    assert (
        "a preset of scale 3. Received: some/where/tiny_x2, of 2"
        in run(*base, "--scale", 3, code=2).stderr
    )


def test_an_ensemble_says_so_everywhere(
    run: Run, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sr_app.inference.upscaler import Upscaler

    class Shifting:
        """Bicubic with a fault that only some turns have: darker from left to right."""

        scale = 2

        def __call__(self, lr: np.ndarray) -> np.ndarray:
            large = imresize(lr / 255.0, 2)
            return large - np.linspace(0, 0.2, large.shape[1])[:, None]

    monkeypatch.setattr(Upscaler, "from_preset", lambda name: Shifting())
    out, page = tmp_path / "figures.json", tmp_path / "report.html"
    base = ["evaluate", folder, "--preset", "tiny_x2", "--scale", 2, "--json", out, "--html", page]
    plain = (run(*base), json.loads(out.read_text()), page.read_text())
    eight = (run(*base, "--ensemble"), json.loads(out.read_text()), page.read_text())
    assert [data["ensemble"] for data in (plain[1], eight[1])] == [False, True]
    for (result, data, html), count in ((plain, 0), (eight, 1)):
        assert result.stdout.count("self-ensemble of 8") == count
        assert html.count("<h1>tiny_x2, self-ensemble of 8, x2</h1>") == count
        assert data["preset"] == "tiny_x2"
    # The ramp's mean, 0.1, stays; its spread of 0.2 / sqrt(12) goes: 10 log10(4/3) = 1.25 dB.
    gain = eight[1]["mean"]["psnr"] - plain[1]["mean"]["psnr"]
    assert 0.8 < gain < 1.3


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ([], "--preset NAME or --method"),
        (["--method", "bicubic", "--preset", "esrn_x2"], "--preset NAME or --method"),
        (["--method", "bicubic", "--protocol", "Y"], "a protocol among y, y_unrounded, rgb"),
        (["--method", "bicubic", "--json", "missing/a.json"], "missing does not exist"),
        (["--method", "nearest"], "bicubic"),
        (["--preset", "no_such_preset"], "no_such_preset"),
    ],
)
def test_bad_input_is_one_line(run: Run, folder: Path, options: list[str], message: str) -> None:
    stderr = run("evaluate", folder, "--scale", 2, *options, code=2).stderr
    assert message in stderr
    if options != ["--method", "nearest"]:  # that line is the command line library's
        assert len(stderr.strip().splitlines()) == 1


def test_an_empty_folder_and_a_damaged_picture(run: Run, tmp_path: Path) -> None:
    base = ["evaluate", tmp_path, "--scale", 2, "--method", "bicubic"]
    assert "expected HR pictures" in run(*base, code=2).stderr
    (tmp_path / "broken.png").write_bytes(b"not a picture")
    assert "Received: not a picture" in run(*base, code=2).stderr


def test_what_cannot_be_scored_is_named_and_the_rest_is_kept(
    run: Run, folder: Path, tmp_path: Path
) -> None:
    out, page = tmp_path / "figures.json", tmp_path / "report.html"
    base = ["evaluate", folder, "--scale", 4, "--method", "bicubic", "--json", out, "--html", page]
    whole = (run(*base).stdout, json.loads(out.read_text()))
    Image.new("RGB", (1, 1)).save(folder / "a_pixel.png")
    Image.new("RGBA", (64, 64)).save(folder / "invisible.png")
    (folder / "torn.png").write_bytes((folder / "camera.png").read_bytes()[:500])
    result = run(*base, code=3)
    data = json.loads(out.read_text())
    assert (result.stdout, data["mean"]) == (whole[0], whole[1]["mean"])
    for name in ("a_pixel", "invisible", "torn"):
        assert f"{folder / name}.png" in result.stderr and f"{name}.png" in page.read_text()
    assert [row["name"] for row in data["left_out"]] == ["a_pixel", "invisible", "torn"]


def test_the_table_of_all_presets(run: Run, folder: Path, cards: Path, monkeypatch) -> None:
    from sr_app.evaluation.leaderboard import BEGIN, END

    (folder.parent / "data").mkdir()
    base = ["evaluate", "--table", "--data", folder.parent / "data", "--purpose", "vivid"]
    readme, out = folder.parent / "README.md", folder.parent / "table.json"
    readme.write_text(f"{BEGIN}\n{END}\n")
    printed = run(*base).stdout
    assert "| x2 | ESRN-V | 324K | 73.4G |" in printed
    assert run(*base, "--json", out, readme).stdout.startswith(f"{readme}: ")
    assert printed in readme.read_text() and json.loads(out.read_text())["protocol"] == "y"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--json", "nowhere/a.json"], "nowhere does not exist"),
        (["--ensemble"], "--table goes with --data, --purpose and --json only"),
        (["--scale", "2"], "--table goes with"),
        (["--metrics", "lpips"], "--table goes with"),
        (["--protocol", "rgb"], "--table goes with"),
        (["--vivid", "esrn_x4_vivid"], "--table goes with"),
    ],
)
def test_a_table_has_its_own_options(run: Run, options: list[str], message: str) -> None:
    assert message in run("evaluate", "--table", *options, code=2).stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--method", "bicubic", "--scale", "2"], "a FOLDER of pictures, or --table"),
        (
            ["FOLDER", "--scale", "2"],
            "--preset NAME or --method bicubic|lanczos. Received: neither",
        ),
        (
            ["FOLDER", "--preset", "esrn_x2", "--method", "bicubic"],
            "bicubic|lanczos. Received: both",
        ),
        (["FOLDER", "--method", "bicubic"], "a scale, which only a preset has of its own"),
    ],
)
def test_what_is_scored_and_on_what_must_be_said(
    run: Run, folder: Path, arguments, message
) -> None:
    arguments = [folder if each == "FOLDER" else each for each in arguments]
    assert message in run("evaluate", *arguments, code=2).stderr


def test_a_preset_has_a_factor_of_its_own(run: Run, folder: Path) -> None:
    base = ["evaluate", folder, "--preset", "esrn_x2"]
    assert run(*base).output == run(*base, "--scale", "2").output


def test_the_curve_to_a_vivid_preset(run: Run, twins, folder: Path, tmp_path: Path) -> None:
    ends = ["--preset", "esrn_x4", "--vivid", "esrn_x4_vivid", "--metrics", "psnr,ssim"]
    out = tmp_path / "curve"
    base = ["evaluate", folder, "--scale", 4, *ends, "--blend", "0:1:1", "--out", out]
    assert f"wrote {out}.csv, {out}.svg, {out}.html" in run(*base).stdout.replace("\n", "")
    assert "--vivid goes with" in run(*base, "--ensemble", code=2).stderr
    base = ["evaluate", folder, "--scale", 4, "--vivid", "esrn_x4_vivid"]
    assert "Expected --preset NAME or" in run(*base, code=2).stderr


def test_interpolation_loads_no_network_library(folder: Path) -> None:
    code = "import sys; from sr_app.cli.main import run\ntry: run()\nexcept SystemExit: pass\n"
    code += "print(sorted({'keras', 'tensorflow', 'onnxruntime', 'matplotlib'} & set(sys.modules)))"
    command = [
        sys.executable,
        "-c",
        code,
        "evaluate",
        folder,
        "--method",
        "bicubic",
        "--scale",
        "2",
    ]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=True)
    assert done.stdout.strip().endswith("[]")


def test_the_best_shift_is_shown(run: Run, tmp_path: Path) -> None:
    (tmp_path / "hr").mkdir()
    Image.fromarray(skimage.data.coffee()[100:220, 200:330]).save(tmp_path / "hr" / "0001.png")
    run("degrade", tmp_path / "hr", tmp_path / "lr", "--kind", "mild", "--scale", "2")
    drawn = json.loads((tmp_path / "lr" / "0001x2m.json").read_text())["steps"][1]["shift"]
    command = ("evaluate", tmp_path / "hr", "--method", "bicubic", "--scale", "2")
    command += ("--lr", tmp_path / "lr", "--protocol", "ntire2018", "--json", tmp_path / "o.json")
    assert "PSNR shift" in run(*command).stdout
    found = json.loads((tmp_path / "o.json").read_text())["pictures"][0]["shifts"]["psnr"]
    assert all(abs(one - other) <= 1 for one, other in zip(found, drawn, strict=True))
