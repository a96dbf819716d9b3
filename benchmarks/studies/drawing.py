"""How the studies' curves look, and how they become SVG."""

from __future__ import annotations

from pathlib import Path

from matplotlib import pyplot as plt
from matplotlib.figure import Figure

STYLE = {"svg.hashsalt": "sr_app", "font.size": 10, "axes.grid": True, "grid.alpha": 0.3}
STYLE |= {"axes.spines.top": False, "axes.spines.right": False}
"""For `matplotlib.rc_context`."""


def save(figure: Figure, path: Path) -> None:
    """Write an SVG that is the same each time."""
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)
