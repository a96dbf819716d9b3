from __future__ import annotations

import numpy as np
import pytest

from sr_app.datasets.kernels import gaussian_kernel, motion_kernel, trajectory


def moments(kernel: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
    """Sum, centroid (row, column) from the middle, and covariance."""
    radius = len(kernel) // 2
    places = np.mgrid[-radius : radius + 1, -radius : radius + 1].reshape(2, -1)
    centroid = places @ kernel.ravel()
    return kernel.sum(), centroid, np.cov(places, aweights=kernel.ravel(), bias=True)


@pytest.mark.parametrize("kernel", [
    gaussian_kernel((1.5, 3.0), 30), gaussian_kernel((0.4, 0.4)),
    motion_kernel(9, 0, 1.2, 1), motion_kernel(12, 180, 0.5, 2), motion_kernel(0, 90, 1.0, 3),
])  # fmt: skip
def test_energy_and_place_are_kept(kernel: np.ndarray) -> None:
    total, centroid, _ = moments(kernel)
    assert kernel.shape[0] == kernel.shape[1] and len(kernel) % 2 and kernel.min() >= 0
    assert total == pytest.approx(1, abs=1e-12)
    # A path is cut at four deviations of its lens, one side at a time: hence not 1e-12.
    assert np.abs(centroid).max() < 2e-3


def test_a_gaussian_has_its_deviations_along_its_angle() -> None:
    _, _, covariance = moments(gaussian_kernel((3.0, 1.5), 30))
    along = np.array([np.sin(np.pi / 6), np.cos(np.pi / 6)])  # down, right
    across = np.array([along[1], -along[0]])
    assert along @ covariance @ along == pytest.approx(9, rel=0.01)  # cut at 4 deviations
    assert across @ covariance @ across == pytest.approx(2.25, rel=0.01)
    assert along @ covariance @ across == pytest.approx(0, abs=0.02)


def test_a_straight_path_is_a_box_seen_through_a_lens() -> None:
    """A box of length L has the variance L^2 / 12; sharing a point out to pixels adds 1/6."""
    _, _, covariance = moments(motion_kernel(12, 0, 1.0, 7))
    small, large = np.linalg.eigvalsh(covariance)
    assert large == pytest.approx(12**2 / 12 + 1 + 1 / 6, rel=0.02)
    assert small == pytest.approx(1 + 1 / 6, rel=0.1)


def test_a_path_has_its_length_and_turns_as_asked() -> None:
    paths = [trajectory(10, 90, np.random.default_rng(seed)) for seed in range(300)]
    steps = [np.diff(path, axis=0) for path in paths]
    assert np.linalg.norm(steps[0], axis=1).sum() == pytest.approx(10, rel=1e-3)
    angles = [np.unwrap(np.arctan2(step[:, 0], step[:, 1])) for step in steps]
    turns = np.degrees([angle[-1] - angle[0] for angle in angles])
    assert turns.std() == pytest.approx(90, rel=0.15)  # 300 paths: 4 % standard error
    assert np.array_equal(paths[3], trajectory(10, 90, np.random.default_rng(3)))


def test_too_narrow_a_gaussian_is_refused() -> None:
    with pytest.raises(ValueError, match=r"0\.3 pixels.*0\.1"):
        gaussian_kernel((2.0, 0.1))
