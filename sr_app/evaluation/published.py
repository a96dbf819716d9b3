"""Figures of the papers that a table of networks is read beside: quoted, not measured here.

PSNR (dB) and SSIM under protocol ``y`` without self-ensemble; multiply-adds for a result of
1280x720. What no source states is left out.
"""

from __future__ import annotations

from dataclasses import dataclass, field

SETS = ("Set5", "Set14", "Kodak24")
"""Columns of the table; the papers have no Kodak24."""

PUBLISHED_HERE = "published"
MEASURED_HERE = "measured here"


@dataclass(frozen=True)
class Figures:
    """One network at one factor.

    Args:
        name: of the network, as its paper has it.
        scale: integer factor.
        parameters: how many, or None.
        multiply_adds: for a result of 1280x720 pixels, or None.
        scores: data set -> (PSNR in dB, SSIM).
        origin: `PUBLISHED_HERE` or `MEASURED_HERE`.
    """

    name: str
    scale: int
    parameters: int | None = None
    multiply_adds: int | None = None
    scores: dict[str, tuple[float, float]] = field(default_factory=dict)
    origin: str = PUBLISHED_HERE


def _published(
    name: str,
    scale: int,
    thousands: int | None,
    billions: float | None,
    set5: tuple[float, float],
    set14: tuple[float, float],
) -> Figures:
    return Figures(
        name,
        scale,
        None if thousands is None else thousands * 1_000,
        None if billions is None else round(billions * 1e9),
        {"Set5": set5, "Set14": set14},
    )


PUBLISHED = (
    # Bicubic: Lim et al., "Enhanced Deep Residual Networks for Single Image Super-Resolution",
    # CVPRW 2017, table 3; the same in every later table.
    _published("bicubic", 2, None, None, (33.66, 0.9299), (30.24, 0.8688)),
    _published("bicubic", 3, None, None, (30.39, 0.8682), (27.55, 0.7742)),
    _published("bicubic", 4, None, None, (28.42, 0.8104), (26.00, 0.7027)),
    # SRCNN, Dong et al., TPAMI 2016: PSNR and SSIM as quoted by Kim et al., "Accurate Image
    # Super-Resolution Using Very Deep Convolutional Networks", CVPR 2016, table 3. It works on the
    # enlarged picture, so that its cost is one for all factors: Ahn et al., "Fast, Accurate, and
    # Lightweight Super-Resolution with Cascading Residual Network", ECCV 2018, table 1.
    _published("SRCNN", 2, 57, 52.7, (36.66, 0.9542), (32.42, 0.9063)),
    _published("SRCNN", 3, 57, 52.7, (32.75, 0.9090), (29.28, 0.8209)),
    _published("SRCNN", 4, 57, 52.7, (30.48, 0.8628), (27.49, 0.7503)),
    # FSRCNN, Dong et al., ECCV 2016: as quoted by Chu et al., "Fast, Accurate and Lightweight
    # Super-Resolution with Neural Architecture Search", table of the authors' repository (FALSR).
    _published("FSRCNN", 2, 12, 6.0, (37.00, 0.9558), (32.63, 0.9088)),
    # VDSR: Kim et al., CVPR 2016, table 3; cost as for SRCNN, Ahn et al., table 1.
    _published("VDSR", 2, 665, 612.6, (37.53, 0.9587), (33.03, 0.9124)),
    _published("VDSR", 3, 665, 612.6, (33.66, 0.9213), (29.77, 0.8314)),
    _published("VDSR", 4, 665, 612.6, (31.35, 0.8838), (28.01, 0.7674)),
    # CARN-M: Ahn et al., ECCV 2018, table of the authors' repository.
    _published("CARN-M", 2, 412, 91.2, (37.53, 0.9583), (33.26, 0.9141)),
    _published("CARN-M", 3, 412, 46.1, (33.99, 0.9236), (30.08, 0.8367)),
    _published("CARN-M", 4, 412, 32.5, (31.92, 0.8903), (28.42, 0.7762)),
    # FALSR-B: Chu et al., table of the authors' repository; x2 only.
    _published("FALSR-B", 2, 326, 74.7, (37.61, 0.9585), (33.29, 0.9143)),
    # ESRN-V: Song et al., "Efficient Residual Dense Block Search for Image Super-Resolution",
    # AAAI 2020: x2 as the authors' code shows the paper's table; x3 and x4 after secondary sources.
    _published("ESRN-V", 2, 324, 73.4, (37.85, 0.9600), (33.42, 0.9161)),
    _published("ESRN-V", 3, 324, 36.2, (34.23, 0.9262), (30.27, 0.8400)),
    _published("ESRN-V", 4, 324, 20.7, (31.99, 0.8919), (28.49, 0.7779)),
    # SMFANet trained on DIV2K: Zheng et al., "SMFANet: A Lightweight Self-Modulation Feature
    # Aggregation Network for Efficient Image Super-Resolution", ECCV 2024, results of the authors'
    # repository. They state x3 as well; no source of that line was at hand.
    _published("SMFANet", 2, 186, 41, (38.04, 0.9606), (33.65, 0.9186)),
    _published("SMFANet", 4, 197, 11, (32.25, 0.8956), (28.67, 0.7825)),
)
