import pytest

from sr_app.files.nearest import did_you_mean, nearest_name

KNOWN = ["esrn_x2", "esrn_x4_real", "DIV2K"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [("esrn_x2", "esrn_x2"), ("ersn_x4_rael", "esrn_x4_real"), ("div2", "DIV2K"), ("photo", None)],
)
def test_the_nearest_name_as_it_is_written(name, expected):
    assert nearest_name(name, KNOWN) == expected


def test_it_ends_an_error_or_is_not_there():
    assert did_you_mean("DIVK2", KNOWN) == " Did you mean DIV2K?"
    assert did_you_mean("DIVK2", iter(KNOWN)) == " Did you mean DIV2K?"
    assert did_you_mean("photo", KNOWN) == "" == did_you_mean("photo", [])
