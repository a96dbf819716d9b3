"""A processor under supervision: where it fails or is wrong, the CPU takes over, with a warning."""

from __future__ import annotations

import warnings
from collections.abc import Callable

import numpy as np

from sr_app.inference.device import Device, DeviceWarning
from sr_app.inference.device_record import RIGHT
from sr_app.inference.memory import largest_side
from sr_app.inference.runtime import Runtime, line_of
from sr_app.inference.tiles import round_up
from sr_app.networks.card import Card

PROBE = 32
"""Pixels of a corner that are compared, beyond the network's reach."""


class GuardedRuntime(Runtime):
    """Runs a network on a device, and on the CPU what the device cannot.

    - It cannot be loaded, or fails at any batch: the CPU does that batch and all others.
    - A batch holds a value that is not finite: the CPU does it again, in float32.
    - The first batch differs from the CPU's by more than 1 of 255: the CPU does all.

    Only where memory runs out is nothing taken over: smaller tiles may fit.

    Args:
        device: for the warnings.
        place: makes the device's runtime.
        plain: makes the CPU's, when it is needed.
        checked: whether the device is known to be right.
    """

    NEEDS = "graph"

    def __init__(
        self,
        card: Card,
        device: Device,
        *,
        place: Callable[[], Runtime],
        plain: Callable[[], Runtime],
        checked: bool = False,
    ):
        self.card, self.device = card, device
        self._plain, self._cpu, self._checked = plain, None, checked
        try:
            self._placed: Runtime | None = place()
        except Exception as error:  # every engine has its own classes
            self._placed = None
            self.cpu  # noqa: B018  (a preset that is damaged is told as such, by the CPU)
            self._warn(f"cannot be used: {line_of(error)}")

    @property
    def cpu(self) -> Runtime:
        """The runtime of the CPU, made when it is first wanted."""
        if self._cpu is None:
            self._cpu = self._plain()
        return self._cpu

    def run(self, batch: np.ndarray) -> np.ndarray:
        if self._placed is None:
            return self.cpu.run(batch)
        try:
            result = self._placed.run(batch)
        except MemoryError:
            raise
        except Exception as error:  # every engine has its own classes
            return self._take_over(batch, f"failed: {line_of(error)}")
        if result.shape != self._shape(batch):
            return self._take_over(batch, f"gave a result of shape {result.shape}")
        if not np.isfinite(result.sum(dtype=np.float64)):
            self._warn("gave values that are not finite; the CPU computes those parts", alone=True)
            return self.cpu.run(batch)
        if not self._checked:
            self._checked = True
            apart = self._difference(batch, result)
            if not apart <= RIGHT:
                return self._take_over(batch, f"differs from the CPU by {255 * apart:.3g} of 255")
        return result

    def _shape(self, batch: np.ndarray) -> tuple[int, ...]:
        count, height, width, channels = batch.shape
        return count, height * self.card.scale, width * self.card.scale, channels

    def _take_over(self, batch: np.ndarray, reason: str) -> np.ndarray:
        """The batch by the CPU, and every other from now on."""
        self._placed = None
        self._warn(reason)
        return self.cpu.run(batch)

    def _warn(self, reason: str, *, alone: bool = False) -> None:
        rest = "" if alone else "; the CPU does the work"
        warnings.warn(f"device {self.device.name} {reason}{rest}", DeviceWarning, stacklevel=3)

    def _difference(self, batch: np.ndarray, result: np.ndarray) -> float:
        """Of a corner of the first picture, as far as nothing beyond the corner reaches."""
        side, kept = self._corner(batch)
        expected = self.cpu.run(batch[:1, :side, :side])[:, :kept, :kept]
        return float(np.abs(result[:1, :kept, :kept] - expected).max())

    def _corner(self, batch: np.ndarray) -> tuple[int, int]:
        """Side of the corner that is run, and of the part of its result that is compared."""
        longest = max(batch.shape[1:3])
        reach = self.card.receptive_radius
        side = longest if reach is None else round_up(reach + PROBE, self.card.multiple_of)
        fixed = largest_side(self.card) is not None
        if fixed or reach is None or side >= min(batch.shape[1:3]):
            return longest, longest * self.card.scale
        return side, (side - reach) * self.card.scale
