import numpy as np
import pytest

from sr_app.files.bands import BAND_ROWS, row_bands


@pytest.mark.parametrize("height", [0, 1, 255, 256, 257, 1000])
@pytest.mark.parametrize("rows", [1, 7, BAND_ROWS, 2000])
def test_bands_are_all_rows_once_and_in_order(height, rows):
    bands = list(row_bands(height, rows))
    assert [row for band in bands for row in range(height)[band]] == list(range(height))
    assert all(band.stop - band.start <= rows for band in bands)


def test_a_band_of_an_array_can_be_changed_in_place():
    picture = np.zeros((300, 2))
    for band in row_bands(len(picture)):
        picture[band] += band.start
    assert picture[:256].max() == 0 and picture[256:].min() == 256


def test_bands_without_rows_are_refused():
    with pytest.raises(ValueError, match="1 row or more. Received: 0"):
        list(row_bands(10, 0))
