"""What ships must hold what its card says, on free pictures and on the shared ones."""

from __future__ import annotations

import numpy as np
import pytest
from skimage import data

from sr_app.datasets.degradations import Bicubic, Degradation, Jpeg, Noise
from sr_app.evaluation.benchmark import evaluate
from sr_app.evaluation.psnr import psnr
from sr_app.image.colour import luma, to_uint8
from sr_app.image.resize import imresize, modcrop
from sr_app.inference.goal import CLEAN, REAL, REAL_VIVID, VIVID, default_presets, preset_for
from sr_app.inference.upscaler import Upscaler
from sr_app.networks.card import STUDY
from sr_app.networks.presets import SHIPPED, load_preset, read_card

CARDS = [read_card(path.parent) for path in sorted(SHIPPED.glob("*/card.json"))]
BARS = {"esrn_x2": 36.8, "esrn_x4": 30.6}  # dB on Set5, protocol y
each_preset = pytest.mark.parametrize("card", CARDS, ids=lambda card: card.name)


def pictures(scale):
    """HR pictures with sharp detail and smooth skin, in multiples of the scale."""
    return [modcrop(p, scale) for p in (data.astronaut(), data.coffee(), data.chelsea())]


def test_both_factors_ship():
    assert set(BARS) <= {card.name for card in CARDS}


@each_preset
def test_the_graph_is_the_network(card):
    rng = np.random.default_rng(0)
    lr = rng.random((37, 52, 3)).astype("float32")
    graph = Upscaler.from_preset(card.folder, runtime="onnxruntime")(lr)
    around, scale = card.surroundings(), card.scale
    ends = [(around, around + -side % card.multiple_of) for side in (37, 52)]
    seen = np.pad(lr, (*ends, (0, 0)), mode="symmetric")
    network = np.clip(np.asarray(load_preset(card.folder)(seen[None]))[0], 0, 1)
    network = network[scale * around :, scale * around :][: scale * 37, : scale * 52]
    assert np.abs(graph - network).max() < 1e-4


@each_preset
def test_sharper_than_bicubic_and_no_colour_shift(card):
    upscaler = Upscaler.from_preset(card.folder)
    gains, detail = [], []
    vivid = card.purpose in (VIVID, REAL_VIVID)
    bound = 1.0 if vivid else 0.5  # grey levels; nobody sees one
    for hr in pictures(card.scale):
        lr = imresize(hr, 1 / card.scale)
        sr, bicubic = to_uint8(upscaler(lr)), imresize(lr, card.scale)
        shift = sr.mean((0, 1)) - bicubic.mean((0, 1))
        assert np.abs(shift).max() < bound
        border = slice(card.scale, -card.scale)
        sr, bicubic, hr = (luma(x)[border, border] for x in (sr, bicubic, hr))
        gains.append(psnr(sr, hr, peak=255) - psnr(bicubic, hr, peak=255))
        detail.append(np.abs(np.diff(sr)).mean() / np.abs(np.diff(bicubic)).mean())
    if vivid:  # trades distortion for detail
        assert min(gains) > -2.0 and min(detail) > 1.2
    else:
        assert min(gains) > 0.5 and np.mean(gains) > 1.0


@pytest.mark.parametrize("card", [card for card in CARDS if card.purpose == "real"])
def test_a_real_photo_is_cleaned_where_a_clean_preset_sharpens_its_faults(card):
    gains = {card.name: [], f"esrn_x{card.scale}": []}
    for index, hr in enumerate(pictures(card.scale)):
        steps = Bicubic(card.scale), Noise(0.5, 8.0, seed=index), Jpeg(60)
        lr = Degradation(card.scale, steps)(hr)
        bicubic = psnr(imresize(lr, card.scale), hr, peak=255)
        for name, over_bicubic in gains.items():
            sr = to_uint8(Upscaler.from_preset(name)(lr))
            over_bicubic.append(psnr(sr, hr, peak=255) - bicubic)
    ours, clean = gains.values()
    assert min(ours) > 0.1 and np.mean(ours) > 0.4 and max(clean) < 0


@each_preset
def test_figures_of_the_card_are_measured_again(card, shared):
    mean = evaluate(
        Upscaler.from_preset(card.folder), shared / "data/eval/Set5", scale=card.scale
    ).mean
    assert mean["psnr"] == pytest.approx(card.results["Set5"]["psnr"], abs=0.01)
    assert mean["ssim"] == pytest.approx(card.results["Set5"]["ssim"], abs=0.0005)
    assert mean["psnr"] >= BARS.get(card.name, 0)


def test_a_study_has_no_words_that_others_deserve_and_is_nobodys_default() -> None:
    studies = {card.name for card in CARDS if card.purpose == STUDY}
    assert {"esrn_x2_binary", "esrn_x2_ghost", "esrn_x2_full_stack", "esrn_v_x2"} < studies
    assert not any("lowest" in card.description for card in CARDS if card.name in studies)
    for purpose in (CLEAN, REAL):
        assert not studies & {name for _, name in default_presets(purpose)}
    assert [preset_for(scale) for scale in (2, 3, 4)] == ["esrn_p_x2", "esrn_p_x3", "esrn_p_x4"]
