"""Coding-independent code points (ITU-T H.273): colours named by numbers, and their ICC profiles.

PNG's cICP chunk, the nclx boxes of AVIF and HEIF and JPEG XL's header speak of colours so. Formats
that know ICC profiles alone get one with the same primaries and curve.
"""

from __future__ import annotations

from dataclasses import dataclass

from sr_app.image.icc_writer import grey_profile, rgb_profile

D65, DCI, C = (0.3127, 0.3290), (0.314, 0.351), (0.310, 0.316)
# Table 2: white, red, green, blue.
PRIMARIES = {
    1: (*D65, 0.640, 0.330, 0.300, 0.600, 0.150, 0.060),
    4: (*C, 0.67, 0.33, 0.21, 0.71, 0.14, 0.08),
    5: (*D65, 0.64, 0.33, 0.29, 0.60, 0.15, 0.06),
    6: (*D65, 0.630, 0.340, 0.310, 0.595, 0.155, 0.070),
    7: (*D65, 0.630, 0.340, 0.310, 0.595, 0.155, 0.070),
    9: (*D65, 0.708, 0.292, 0.170, 0.797, 0.131, 0.046),
    11: (*DCI, 0.680, 0.320, 0.265, 0.690, 0.150, 0.060),
    12: (*D65, 0.680, 0.320, 0.265, 0.690, 0.150, 0.060),
    22: (*D65, 0.630, 0.340, 0.295, 0.605, 0.155, 0.077),
}
SRGB_CURVE = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
_VIDEO_CURVE = (1 / 0.45, 1 / 1.099, 0.099 / 1.099, 1 / 4.5, 0.081)
# Table 3: display values -> light.
CURVES = {
    **dict.fromkeys((1, 6, 14, 15), _VIDEO_CURVE),
    4: (2.2,),
    5: (2.8,),
    8: (1.0,),
    13: SRGB_CURVE,
}
HDR_CURVES = {16: "PQ", 18: "HLG"}
SRGB_NUMBERS = (1, 13)
UNSPECIFIED = 2
GAMMA_OF_SRGB = 1 / 2.2


@dataclass(frozen=True)
class Cicp:
    """Colour primaries and transfer characteristics by their numbers.

    A file's matrix and range say how its pixels are coded: decoded ones are RGB, full range.
    """

    primaries: int
    transfer: int

    @property
    def assumed(self) -> Cicp:
        """With sRGB's numbers for those that are not specified."""
        numbers = zip((self.primaries, self.transfer), SRGB_NUMBERS, strict=True)
        return Cicp(*(usual if number == UNSPECIFIED else number for number, usual in numbers))

    @property
    def is_srgb(self) -> bool:
        """Whether these are the colours that a picture without any statement has."""
        return self.assumed == SRGB

    @property
    def hdr(self) -> str | None:
        """ "PQ" or "HLG"; None for display-referred curves."""
        return HDR_CURVES.get(self.transfer)


SRGB = Cicp(*SRGB_NUMBERS)


def cicp_profile(cicp: Cicp, *, grey: bool) -> bytes | None:
    """An ICC profile of the same colours; None for sRGB, for HDR curves and for unknown numbers."""
    if cicp.is_srgb or cicp.hdr:
        return None
    primaries, transfer = cicp.assumed.primaries, cicp.assumed.transfer
    if primaries not in PRIMARIES or transfer not in CURVES:
        return None
    name = f"Primaries {primaries}, transfer {transfer} (H.273)"
    name = {(12, 13): "Display P3", (9, 13): "BT.2020, sRGB curve"}.get((primaries, transfer), name)
    if grey:
        return grey_profile(name, CURVES[transfer], PRIMARIES[primaries][:2])
    return rgb_profile(name, CURVES[transfer], PRIMARIES[primaries])


def gamma_profile(
    gamma: float | None, chromaticities: tuple[float, ...] | None, *, grey: bool
) -> bytes | None:
    """An ICC profile for PNG's gAMA and cHRM; None where they say sRGB, or nothing sensible."""
    near = gamma is None or abs(gamma - GAMMA_OF_SRGB) < 0.005
    usual = chromaticities is None or grey or _close(chromaticities, PRIMARIES[1])
    if near and usual:
        return None
    if gamma is not None and not 0.05 <= gamma <= 20:
        return None
    curve = SRGB_CURVE if near or gamma is None else (1 / gamma,)
    name = "PNG colours" if gamma is None else f"PNG colours, gamma {gamma:.5g}"
    if grey:
        return grey_profile(name, curve, D65)
    try:
        return rgb_profile(name, curve, chromaticities or PRIMARIES[1])
    except ValueError:  # primaries that span no colours
        return None


def _close(some: tuple[float, ...], others: tuple[float, ...]) -> bool:
    return all(abs(a - b) < 0.002 for a, b in zip(some, others, strict=True))
