import pytest

from sr_app.layers.ghost import GhostConv2D
from sr_app.layers.same_convolution import share_of


@pytest.mark.parametrize(
    "filters, ratio, groups, share",
    [(12, 2, 1, 6), (13, 2, 1, 7), (12, 2, 4, 8), (4, 2, 4, 4), (16, 4, 2, 4), (3, 8, 1, 1)],
)
def test_the_share_fills_whole_groups(filters, ratio, groups, share):
    assert share_of(filters, ratio, groups) == share


@pytest.mark.parametrize("size", [2, (3, 5), (3,)])
def test_odd_squares_only(size):
    with pytest.raises(ValueError, match="odd side"):
        GhostConv2D(4, size)


def test_groups_must_divide():
    with pytest.raises(ValueError, match="filters=6"):
        GhostConv2D(6, 3, groups=4)
    with pytest.raises(ValueError, match="multiple of groups=4"):
        GhostConv2D(8, 3, groups=4).build((None, None, None, 6))
