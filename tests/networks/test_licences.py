from __future__ import annotations

import pytest

from sr_app.networks.licences import flagged, forbids_commercial_use, shown_licence


@pytest.mark.parametrize(
    "licence",
    ["CC-BY-NC-4.0", "CC BY-NC-SA 4.0", "cc_by_nc_nd", "Non-Commercial", "noncommercial use"]
    + ["academic research only", "For research purposes only"],
)
def test_licences_that_forbid_commercial_use_are_flagged(licence: str) -> None:
    assert forbids_commercial_use(licence)
    assert shown_licence(licence) == f"{licence} (no commercial use)"
    assert shown_licence(shown_licence(licence)) == shown_licence(licence)


@pytest.mark.parametrize("licence", ["Apache-2.0", "CC-BY-4.0", "MIT", "NCSA", "WTFPL", "CC0-1.0"])
def test_others_stay_as_they_are(licence: str) -> None:
    assert not forbids_commercial_use(licence) and shown_licence(licence) == licence


def test_a_name_is_flagged_once():
    assert flagged("net_x2", "CC-BY-NC-4.0") == "net_x2 (no commercial use)"
    assert flagged("net_x2 (no commercial use)", "CC-BY-NC-4.0") == "net_x2 (no commercial use)"
    assert flagged("net_x2", "MIT") == "net_x2"
