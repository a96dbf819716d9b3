"""A session as the browser shows it: one value that says everything, to be sent as JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from sr_app.serving import messages
from sr_app.serving.limits import Limits
from sr_app.serving.session import Entry, Session, Trial
from sr_app.serving.viewer import Address, show_photo, show_result


@dataclass(frozen=True)
class ViewState:
    """What the page shows.

    Args:
        session, serial: whose it is; a state with a lower serial is older.
        work: how far the job is (``text``, and ``share`` of the time or None), or None.
        photo: the viewer's state of the photo in hand (``viewer.show_photo``), or None.
        settings: factor, purpose, preset, consistent.
        target: the line under the factor: ``text``, ``slider`` (a second line) and ``fits``.
        again: what the settings would change of the result that is shown; empty if nothing.
        go: how the button looks: ``enabled``, ``primary``.
        status: ``kind`` and ``text``; alert: ``number`` and ``text``.
        results: of the strip, oldest first, each with its viewer's state.
        shown: token of the result in the viewer, or None.
        proposal: the kind that is proposed for the photo in hand: ``kind`` and ``text``, or None.
        trial: a region of it in several ways (`show_trial`), or None; start: of the next slider.
        pending: more will come without a press.
    """

    session: str
    serial: int
    work: dict | None
    photo: dict | None
    settings: dict
    target: dict
    again: str
    go: dict
    status: dict
    alert: dict
    results: list[dict]
    shown: str | None
    proposal: dict | None
    trial: dict | None
    start: int
    pending: bool


def make_view(
    session: Session, *, work: dict | None, slider: bool, limits: Limits, address: Address
) -> ViewState:
    """The view of a session.

    Args:
        work: as in ``ViewState``.
        slider: whether the settings' network has a vivid twin.
    """
    chosen, settings, entry = session.chosen, session.settings, session.entry(session.shown)
    own = entry is not None and chosen is not None and entry.chosen.path == chosen.path
    current = entry is not None and own and entry.settings == settings
    again = "" if entry is None or not own or current else _again(entry, session)
    target = _target(session, slider, limits)
    return ViewState(
        session=session.token,
        serial=session.serial,
        work=work,
        photo=chosen
        and {**show_photo(chosen.look, chosen.name, address), "notes": chosen.look.notes},
        settings=asdict(settings),
        target=target,
        again=again,
        # The next step after a result is its download: that takes over as the one obvious button.
        go={"enabled": bool(chosen) and target["fits"], "primary": not current},
        status=dict(zip(("kind", "text"), session.status, strict=True)),
        alert=dict(zip(("number", "text"), session.alert, strict=True)),
        results=[_shown(one, address) for one in session.entries],
        shown=session.shown,
        proposal=_proposal(session),
        trial=show_trial(session.trial, address),
        start=session.start,
        pending=is_pending(session),
    )


def is_pending(session: Session) -> bool:
    """Something small is on its way, beside the session's job."""
    return session.trial is not None and session.trial.pending


def show_trial(trial: Trial | None, address: Address) -> dict | None:
    """A trial for the browser: the region (left, top, width, height) and pictures of it."""
    if trial is None:
        return None
    box, before = trial.box, trial.before
    return {
        "pending": trial.pending,
        "failed": trial.failed,
        "box": box and [box.left, box.top, box.width, box.height],
        "before": before and address(before),
        "ways": [
            {"kind": way.purpose, "name": way.name, "urls": [address(p) for p in way.pictures]}
            for way in trial.ways
        ],
    }


def _proposal(session: Session) -> dict | None:
    found = session.chosen and session.proposals.get(session.chosen.path)
    if not found or session.settings.preset:
        return None
    taken = found.purpose == session.settings.purpose
    return {"kind": found.purpose, "text": messages.proposal(found.reason, found.purpose, taken)}


def _target(session: Session, slider: bool, limits: Limits) -> dict:
    chosen, scale = session.chosen, session.settings.scale
    if chosen is None:
        return {"text": "", "slider": "", "fits": True}
    try:
        limits.check_result(*chosen.size, scale)
    except ValueError as error:
        return {"text": str(error), "slider": "", "fits": False}
    about = messages.WITH_SLIDER if slider else messages.NO_SLIDER
    return {"text": messages.target(*chosen.size, scale), "slider": about, "fits": True}


def _again(entry: Entry, session: Session) -> str:
    made, wanted = (
        messages.settings(s.scale, s.purpose, s.preset, s.consistent)
        for s in (entry.settings, session.settings)
    )
    return messages.other_settings(made, wanted)


def _shown(entry: Entry, address: Address) -> dict:
    result, settings = entry.result, entry.settings
    slider = result.files.ends.vivid is not None
    return {
        **show_result(result, entry.chosen.name, address, entry.start),
        "source": "/".join(entry.chosen.path.parts[-2:]),
        "caption": messages.caption(entry.chosen.name, settings.scale, settings.consistent),
        "thumbnail": address(result.files.thumbnail),
        "saved": entry.saved,
        "own": result.facts.own_format,
        "facts": messages.done(result.facts),
        "notes": list(result.facts.notes),
        "details": messages.details(result.facts, slider=slider),
    }
