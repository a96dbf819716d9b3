"""What the page says: plain text in photographers' words; the browser never takes it for HTML."""

from __future__ import annotations

from sr_app.inference.goal import AUTO, CLEAN, REAL
from sr_app.serving.jobs import Step
from sr_app.serving.limits import area, size
from sr_app.serving.service import Facts

KINDS = {CLEAN: "Clean and sharp", REAL: "Noisy, soft or compressed"}
"""Kinds of photo by the purpose of the network that suits them."""

HINT = "Phones in poor light, the web and old scans give photos of the second kind."
NO_PHOTO = "There is no photo yet. Drop one on the page first."
LOST_UPLOAD = "The upload did not arrive. Choose the photo again."
STOPPED = "Cancelled. Nothing was kept."
TOO_LATE = "It had ended before you cancelled."
ASLEEP = "Stopped, because this page was asleep for long. Enlarge the photo again."
REPLACED = "The photo that was being enlarged was stopped, because you chose another one."
RESET = "Stopped, because you changed a setting. Enlarge the photo again when you are ready."
ALREADY = "This is that result: nothing has to be made again."
NO_MEMORY = "This computer's memory does not suffice. Choose a smaller factor or photo."
FAULT = "Something went wrong in the page itself; its log says what. Try again, or another photo."
NO_NETWORK = "No network is installed that could enlarge this: `sr-app doctor` says what to do."
RESTARTED = "The page was left for a while, or started anew: earlier results are gone."
CROWDED = "Very many photos wait already. Try again in a minute."
MADE_ROOM = "The oldest result was removed to make room for new ones."
WITH_SLIDER = "With a slider from faithful to vivid."
LONG_LIST = "The list is full. Close it to begin another one."
LIST_STOPPED = "Cancelled. What is done stays; Enlarge goes on with the others."
ALL_DONE = "All photos of the list are done with these settings."
NO_ROW = "This cannot be done with that photo of the list."
NO_SLIDER = "Faithful only: there is no vivid network for this kind of photo at this factor yet."


def kind(purpose: str) -> str:
    return "Each as proposed" if purpose == AUTO else KINDS[purpose]


def row(state: str, seconds: float | None, reason: str, about: str) -> str:
    """What a photo of the list is doing."""
    match state:
        case "waiting" if seconds is not None:
            return f"Waiting, done in about {duration(seconds)}"
        case "waiting":
            return "Waiting for its turn"
        case "refused":
            return reason
        case "cancelled":
            return "Cancelled"
    return about


def batch(counts: dict[str, int], seconds: float | None) -> str:
    """How far the list is: "5 of 12 done, 1 refused, about 40 s left"."""
    total = sum(counts.values())
    parts = [f"{counts.get('done', 0)} of {total} done"]
    parts += [f"{counts[name]} {name}" for name in ("refused", "cancelled") if counts.get(name)]
    if seconds is not None:
        parts.append(f"about {duration(seconds)} left")
    return ", ".join(parts)


def proposal(reason: str, purpose: str, taken: bool) -> str:
    """What was measured of the photo, and what is made of it: a choice that can be changed."""
    if taken:
        return f"{reason} So this kind is chosen: change it if you like."
    return f"{reason} That would be: {KINDS[purpose].lower()}."


def waiting(ahead: int) -> str:
    """Before the work begins: how many photos come first."""
    if not ahead:
        return "Opening the photo …"
    return f"Waiting: {ahead} {'photo' if ahead == 1 else 'photos'} before yours …"


def running(step: Step) -> str:
    """How far the work is, and the time to its very end."""
    if not step.total:
        return waiting(0)
    left = "" if step.left is None else f" · about {duration(step.left)} left"
    if step.done >= step.total:
        return f"Writing the result{left}"
    return f"Enlarging, part {step.done + 1} of {step.total}{left}"


def done(facts: Facts) -> str:
    """The line of facts under the button."""
    return f"{size(*facts.after)}, made in {duration(facts.seconds, exact=True)}"


def details(facts: Facts) -> list[tuple[str, str]]:
    """What only some want to know: names and values."""
    network = f"{facts.preset} and {facts.vivid}" if facts.vivid else facts.preset
    return [("Network", network), ("Depth", f"{facts.bits} bits per channel")]


def naturalness(values: tuple[tuple[str, float], ...] | None) -> str:
    """The figures of no-reference quality, with what they must not be taken for."""
    if values is None:
        return "The picture is too small for this measure."
    listed = ", ".join(f"{name.lower()} {value:.1f}" for name, value in values)
    return f"NIQE, lower looks more natural: {listed}. It can prefer invented detail to none."


def other_settings(made: str, wanted: str) -> str:
    """The result that is shown was made with other settings than those now chosen."""
    return f"The picture shown was made with: {made}. Enlarge again for: {wanted}."


def settings(size: str, purpose: str, preset: str | None, consistent: bool) -> str:
    """Settings in a few words, such as "4×, clean and sharp"; ``size`` as of ``sizes.words``."""
    words = f"network {preset}" if preset else kind(purpose).lower()
    return f"{size}, {words}{', consistent' if consistent else ''}"


def made(size: str, consistent: bool) -> str:
    """What a result of the strip was made with, beside its name."""
    return f"{size}{', consistent' if consistent else ''}"


def duration(seconds: float, *, exact: bool = False) -> str:
    """Seconds as people say them: "3 s", "2 min", "1 h 20 min"; with tenths if ``exact``."""
    if seconds < 60:
        return f"{seconds:.1f} s" if exact and seconds < 10 else f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def arrow(before: tuple[int, int], after: tuple[int, int]) -> str:
    """Two sizes, (height, width) each: 512 × 512 → 1024 × 1024 px, 1.0 MP."""
    short = size(*before).removesuffix(" px")
    return f"{short} → {size(*after)}, {area(after[0] * after[1])}"
