import numpy as np

from sr_app.evaluation.window_sums import window_sums


def test_every_window_has_the_sum_of_its_values():
    plane = np.arange(20.0).reshape(4, 5)
    found = window_sums(plane, (2, 3))
    assert found.shape == (3, 3)
    assert found[0, 0] == 0 + 1 + 2 + 5 + 6 + 7 and found[2, 2] == plane[2:, 2:].sum()
    assert window_sums(plane, (4, 5)) == plane.sum()
