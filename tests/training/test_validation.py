import json
import os

import keras
import numpy as np
import pytest

from sr_app.image.colour import to_float
from sr_app.image.files import Photo, write_photo
from sr_app.networks.esrn import build_esrn
from sr_app.networks.genotype import Genotype
from sr_app.training.checkpoints import save_weights
from sr_app.training.curve import BEST, BEST_SCORES, START_SCORES, read_best
from sr_app.training.losses import l1
from sr_app.training.supervised import SupervisedTraining
from sr_app.training.validation import Validation, lowest_lpips


@pytest.fixture
def folder(tmp_path):
    picture = np.random.default_rng(0).integers(0, 256, (24, 28, 3), "uint8")
    (tmp_path / "hr").mkdir()
    for name in "ab":
        write_photo(Photo(to_float(picture)), tmp_path / "hr" / f"{name}.png")
    return tmp_path


def stage_and_watcher(folder, **options):
    keras.utils.set_random_seed(0)
    network = build_esrn(Genotype.parse("P_2_4_4", width=4, tail="anchor"), 2)
    stage = SupervisedTraining(network, l1)
    stage.compile(optimizer=keras.optimizers.Adam(1e-3))
    watcher = Validation(network, folder / "hr", scale=2, folder=folder, steps=5, **options)
    watcher.set_model(stage)
    return network, watcher


def test_scores_reach_the_logs_and_the_best_is_kept(folder):
    network, watcher = stage_and_watcher(folder)
    tail = network.get_layer("tail0")
    tail.kernel.assign(np.zeros(tail.kernel.shape))  # nearest neighbour
    logs = {}
    watcher.on_epoch_end(0, logs)
    assert np.isfinite(logs["val_psnr"]) and 0 < logs["val_ssim"] < 1
    best = read_best(folder)
    assert best == {"step": 5, "psnr": logs["val_psnr"], "ssim": logs["val_ssim"]}
    kept = (folder / BEST).read_bytes()
    tail.bias.assign(np.full(12, 0.4))  # far too bright
    watcher.on_epoch_end(1, logs)
    assert logs["val_psnr"] < best["psnr"]
    assert (folder / BEST).read_bytes() == kept
    assert read_best(folder) == best
    network.load_weights(folder / BEST)
    assert not np.any(tail.bias)


def test_a_kill_as_soon_as_the_weights_are_in_place_leaves_their_scores(folder, monkeypatch):
    def killed(source, target, move=os.replace):
        move(source, target)
        raise KeyboardInterrupt

    network, watcher = stage_and_watcher(folder)
    save_weights(network, folder / BEST)  # as runs that began before have them
    (folder / BEST_SCORES).write_text('{"step": 5, "psnr": 1.0, "ssim": 0.1}')
    assert read_best(folder) == {"step": 5, "psnr": 1.0, "ssim": 0.1}
    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(os, "replace", killed)
        watcher.on_epoch_end(1, {})
    best = read_best(folder)
    assert best is not None and best == {"step": 10, **watcher.score()}
    watcher.on_epoch_end(2, {})  # no better
    assert read_best(folder) == best


def test_scores_of_a_run_that_began_before_go_when_others_come(folder):
    network, watcher = stage_and_watcher(folder)
    save_weights(network, folder / BEST)
    (folder / BEST_SCORES).write_text('{"step": 5, "psnr": 99.0, "ssim": 1.0}')
    watcher.on_epoch_end(1, {})
    assert json.loads((folder / BEST_SCORES).read_text()) == read_best(folder)
    (folder / BEST_SCORES).write_text('{"step": 5, "psnr": 1.0, "ssim": 0.1}')
    watcher.on_epoch_end(1, {})
    assert not (folder / BEST_SCORES).exists()
    (folder / BEST).unlink()
    assert read_best(folder) is None


def test_a_limited_number_of_pictures(folder):
    (folder / "hr" / "b.png").write_bytes(b"not a picture")
    _, watcher = stage_and_watcher(folder, pictures=1)
    watcher.on_epoch_end(0, {})  # the second, broken picture is not read


def test_lr_pictures_of_a_folder_are_scored_where_one_is_named(folder):
    _, watcher = stage_and_watcher(folder, lr=folder / "lr")
    (folder / "lr").mkdir()
    for name in "ab":
        write_photo(Photo(np.zeros((12, 14, 3), "float32")), folder / "lr" / f"{name}x2p.png")
    expected = stage_and_watcher(folder)[1].score()
    assert watcher.score()["psnr"] < expected["psnr"] - 0.5  # black LR, noise as HR
    (folder / "lr" / "bx2p.png").unlink()
    with pytest.raises(ValueError, match="do not fit: b"):
        watcher.score()


def test_scores_of_the_start_are_whole_or_not_there(folder, monkeypatch):
    def killed(source, target):
        raise KeyboardInterrupt

    _, watcher = stage_and_watcher(folder, rank=lowest_lpips(1.0), metrics=("psnr",))
    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(os, "replace", killed)
        watcher.on_train_begin()
    assert not (folder / START_SCORES).exists()
    watcher.on_train_begin()
    assert set(json.loads((folder / START_SCORES).read_text())) == {"psnr"}
