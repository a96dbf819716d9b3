"""What the page says: short HTML pieces, with everything that came from outside escaped."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from sr_app.serving.jobs import Step
from sr_app.serving.limits import megapixels, size
from sr_app.serving.service import Facts

FORMATS = {
    "jpeg": "JPEG", "png": "PNG", "webp": "WebP", "tiff": "TIFF", "avif": "AVIF", "bmp": "BMP",
}  # fmt: skip

ABOUT = """
**What it does.** A small neural network, trained on ordinary photographs, enlarges your photo and
estimates the detail that enlarging would blur. Colour profile, 16-bit depth, transparency and
camera data (EXIF) are kept.

**What it is not for.** The added detail is a guess, however good it looks. Never use a result as
evidence, for medical pictures, to read a number plate or a text, or to recognise a person: faces
can change.

**Your photos** go to the computer that runs this page and nowhere else. They are deleted there
after an hour, and when the page is stopped.

**Licence.** sr_app is free software (Apache-2.0). {presets}The example pictures come with
scikit-image.
"""


def about(licences: Sequence[tuple[str, str]]) -> str:
    """The text about the application.

    Args:
        licences: (preset, licence of its weights) of every preset offered.
    """
    groups: dict[str, list[str]] = {}
    for name, licence in licences:
        groups.setdefault(licence, []).append(name)
    parts = [f"{', '.join(names)}: {licence}" for licence, names in groups.items()]
    presets = f"Licences of the networks: {'; '.join(parts)}. " if parts else ""
    return ABOUT.format(presets=presets)


def target(height: int, width: int, scale: int) -> str:
    """The sizes before and after, for the line under the factor."""
    return f'<p class="target">{_arrow((height, width), (height * scale, width * scale))}</p>'


def refused(message: str) -> str:
    """A line about what cannot be done, announced at once."""
    return f'<p class="refused" role="alert">{escape(message)}</p>'


def noted(lines: Sequence[str]) -> str:
    """Remarks that are no errors; nothing for none."""
    return "".join(f'<p class="note" role="status">{escape(line)}</p>' for line in lines)


def waiting(ahead: int) -> str:
    """Before the work begins: how many photos come first."""
    if not ahead:
        return _bar(None, "Opening the photo …")
    return _bar(None, f"Waiting: {ahead} {'photo' if ahead == 1 else 'photos'} before yours …")


def running(step: Step) -> str:
    """A progress bar with tiles and time left."""
    if not step.total:
        return waiting(0)
    if step.done >= step.total:
        return _bar(100, "Writing the file …")
    share = 100 * step.done / step.total
    left = "" if step.left is None else f" · about {duration(step.left)} left"
    return _bar(share, f"Tile {step.done + 1} of {step.total}{left}")


def stopped() -> str:
    """After Cancel."""
    return '<p class="note" role="status">Cancelled. Nothing was kept.</p>'


def done(facts: Facts) -> str:
    """The line of facts under the button, and remarks."""
    kind = f"{FORMATS[facts.format]}, {facts.bits} bit"
    kind += "" if facts.bytes is None else f", {file_size(facts.bytes)}"
    parts = [duration(facts.seconds, exact=True), escape(facts.preset), kind]
    if facts.consistency is not None:
        parts.append(agreement(facts.consistency))
    return (
        f'<p class="facts" role="status">{_arrow(facts.before, facts.after)}<br>'
        f"{' · '.join(f'<span>{part}</span>' for part in parts)}</p>{natural(facts)}"
        f"{noted(facts.notes)}"
    )


def natural(facts: Facts) -> str:
    """A line of no-reference quality, with what it must not be taken for; nothing if unknown."""
    if facts.naturalness is None:
        return ""
    values = ", ".join(f"{name.lower()} {value:.1f}" for name, value in facts.naturalness)
    return (
        f'<p class="note">Naturalness (NIQE, lower looks more natural): {values}. '
        "It can prefer invented detail to none.</p>"
    )


def download(facts: Facts) -> str:
    """The label of the download button (plain text)."""
    size = "" if facts.bytes is None else f" ({file_size(facts.bytes)})"
    return f"Download {FORMATS[facts.format]}{size}"


def agreement(decibel: float) -> str:
    """How well the result, shrunk again, agrees with the photo (also said in page/blend.js)."""
    kind = "true" if decibel >= 45 else "close" if decibel >= 40 else "not quite true"
    return f"{kind} to the photo ({min(decibel, 99):.0f} dB)"


def duration(seconds: float, *, exact: bool = False) -> str:
    """Seconds as people say them: "3 s", "2 min", "1 h 20 min"; with tenths if ``exact``."""
    if seconds < 60:
        return f"{seconds:.1f} s" if exact and seconds < 10 else f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def file_size(count: int) -> str:
    """Bytes in decimal units, as browsers and cameras show them."""
    return f"{count / 1e6:.1f} MB" if count >= 1e5 else f"{max(1, round(count / 1e3))} kB"


def _arrow(before: tuple[int, int], after: tuple[int, int]) -> str:
    """Two sizes, (height, width) each: 512 × 512 → 1024 × 1024 px, with its megapixels."""
    short = size(*before).removesuffix(" px")
    return (
        f'<span>{short}</span> <span role="img" aria-label="becomes">→</span> '
        f"<span><strong>{size(*after)}</strong>,</span> "
        f"<span>{megapixels(after[0] * after[1])}</span>"
    )


def _bar(share: float | None, text: str) -> str:
    """A bar that a screen reader can ask, without announcing every tile; None: no share yet."""
    value = "" if share is None else f' aria-valuenow="{share:.0f}"'
    width = "" if share is None else f' style="width: {share:.1f}%"'
    kind = " unknown" if share is None else ""
    return (
        f'<div class="bar{kind}" role="progressbar" aria-label="Progress" aria-valuemin="0" '
        f'aria-valuemax="100"{value} aria-valuetext="{text}"><span{width}></span></div>'
        f'<p class="note">{text}</p>'
    )
