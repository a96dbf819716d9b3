"""How far a training has come, as `sr-app train --status` says it."""

from __future__ import annotations

from sr_app.cli.preset_list import figures
from sr_app.jobs.train_status import Part
from sr_app.networks.presets import Card


def card_line(card: Card) -> str:
    """A preset that was trained in a line: its folder, parameters and measured data sets."""
    results = ", ".join(
        f"{name} {figures(result) if result else 'not measured'}"
        for name, result in card.results.items()
    )
    return f"{card.folder}: {card.parameters:,} parameters, {results or 'no results asked'}"


def status_line(part: Part) -> str:
    """A stage or phase in a line: its state, steps, time left, and the last point of its curve."""
    words = [f"{part.name:<12} {part.state}"]
    if part.steps:
        words.append(f"step {part.step:,} of {part.steps:,}")
    if part.state == "begun":
        left = part.seconds_left
        words.append("time left not known yet" if left is None else f"{duration(left)} left")
    elif part.seconds:
        words.append(f"took {duration(part.seconds)}")
    scores = {"val_psnr": "PSNR {:.2f} dB", "val_lpips": "LPIPS {:.4f}", "loss": "loss {:.5f}"}
    words += [form.format(part.last[key]) for key, form in scores.items() if key in part.last]
    if part.state == "begun" and part.age is not None:
        words.append(f"last point {duration(part.age)} ago")
    return ", ".join(words)


def duration(seconds: float) -> str:
    """``42 s``, ``17 min``, ``3.5 h``."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 6000 else f"{seconds / 3600:.1f} h"
