"""A session as the browser shows it: one value that says everything, to be sent as JSON."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict

from sr_app.serving import messages
from sr_app.serving.limits import Limits
from sr_app.serving.session import DONE, REFUSED, WAITING, WORKING, Entry, Item, Session
from sr_app.serving.sizes import target_size, words
from sr_app.serving.viewer import Address, show_photo, show_result


def make_view(
    session: Session,
    *,
    work: dict | None,
    slider: bool,
    left: dict[int, float],
    limits: Limits,
    address: Address,
) -> dict:
    """What the page shows of a session.

    Args:
        work: how far the job is (``text``, and ``share`` of the time or None), or None.
        slider: whether the settings' network has a vivid twin.
        left: seconds until photos of the list are there, by their numbers.

    Returns:
        session, serial: whose it is; a state with a lower serial is older.
        work: as given.
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
        batch: the list of several photos (`show_batch`), or None.
        pending: more will come without a press.
    """
    chosen, settings, entry = session.chosen, session.current, session.entry(session.shown)
    own = entry is not None and chosen is not None and entry.chosen.path == chosen.path
    current = entry is not None and own and entry.serves(settings)
    again = ""
    if entry is not None and own and not current:
        both = (entry.settings, settings)
        told = [messages.settings(words(s), s.purpose, s.preset, s.consistent) for s in both]
        again = messages.other_settings(*told)
    target = _target(session, slider, limits)
    photo = None
    if chosen:
        seen = show_photo(chosen.look, chosen.name, address)
        photo = {**seen, "notes": chosen.look.notes}
    return {
        "session": session.token,
        "serial": session.serial,
        "work": work,
        "photo": photo,
        "settings": asdict(session.settings),
        "target": target,
        "again": again,
        "go": _button(session, current, target["fits"]),
        "status": dict(zip(("kind", "text"), session.status, strict=True)),
        "alert": dict(zip(("number", "text"), session.alert, strict=True)),
        "results": [_shown(one, address) for one in session.entries],
        "shown": session.shown,
        "proposal": _proposal(session),
        "trial": show_trial(session, address),
        "start": session.start,
        "batch": show_batch(session, left, limits, address),
        "pending": is_pending(session),
    }


def is_pending(session: Session) -> bool:
    """Something small is on its way, beside the session's job."""
    trial, survey = session.trial, session.survey
    return bool(trial and trial.pending) or bool(survey and not (survey.over or survey.stopped))


def show_trial(session: Session, address: Address) -> dict | None:
    """A trial for the browser: the region (left, top, width, height) and pictures of it."""
    trial = session.trial
    if trial is None:
        return None
    box, before = trial.box, trial.before
    return {
        "kind": session.kind_of(session.chosen, session.current),
        "pending": trial.pending,
        "failed": trial.failed,
        "box": box and [box.left, box.top, box.width, box.height],
        "before": before and address(before),
        "ways": [
            {"kind": way.purpose, "name": way.name, "urls": [address(p) for p in way.pictures]}
            for way in trial.ways
        ],
    }


def show_batch(
    session: Session, left: dict[int, float], limits: Limits, address: Address
) -> dict | None:
    """The list of several photos: a row each, and all of it in a line."""
    if not session.batch:
        return None
    counts = Counter(item.state for item in session.batch)
    busy = counts[WAITING] + counts[WORKING]
    last = max(left.values(), default=None) if len(left) == busy else None
    rows = [_row(session, item, left.get(item.number), limits, address) for item in session.batch]
    return {"rows": rows, "text": messages.batch(counts, last), "busy": bool(busy)}


def _row(
    session: Session, item: Item, seconds: float | None, limits: Limits, address: Address
) -> dict:
    settings, entry = session.settings_of(item), session.entry(item.token)
    about, fits = "", True
    if item.chosen:
        try:
            about = messages.arrow(
                item.chosen.size, target_size(settings, item.chosen.size, limits)
            )
        except ValueError as error:
            about, fits = str(error), False
    proposed = item.chosen and session.proposals.get(item.chosen.path)
    thumbnail = entry.result.files.thumbnail if entry else item.thumbnail
    return {
        "number": item.number,
        "name": item.name,
        "state": item.state,
        "text": messages.row(item.state, seconds, item.reason, about),
        "refused": item.state == REFUSED or not fits,
        "kind": session.kind_of(item.chosen, settings),
        "reason": proposed.reason if proposed else "",
        "own": {"scale": item.own.get("scale"), "purpose": item.own.get("purpose")},
        "thumbnail": thumbnail and address(thumbnail),
        "token": entry and entry.token,
        "in_hand": item.chosen is not None and item.chosen is session.chosen,
        "photo": item.chosen is not None,
    }


def _button(session: Session, current: bool, fits: bool) -> dict:
    """The one button: after a result its download takes over as the obvious one."""
    if session.batch:
        able = any(item.chosen for item in session.batch)
        return {"enabled": able, "primary": any(i.state != DONE for i in session.batch if i.chosen)}
    return {"enabled": session.chosen is not None and fits, "primary": not current}


def _proposal(session: Session) -> dict | None:
    found = session.chosen and session.proposals.get(session.chosen.path)
    if not found or session.settings.preset:
        return None
    taken = found.purpose == session.kind_of(session.chosen, session.current)
    return {"kind": found.purpose, "text": messages.proposal(found.reason, found.purpose, taken)}


def _target(session: Session, slider: bool, limits: Limits) -> dict:
    chosen = session.chosen
    if chosen is None:
        return {"text": "", "slider": "", "fits": True}
    try:
        size = target_size(session.current, chosen.size, limits)
    except ValueError as error:
        return {"text": str(error), "slider": "", "fits": False}
    about = messages.WITH_SLIDER if slider else messages.NO_SLIDER
    return {"text": messages.arrow(chosen.size, size), "slider": about, "fits": True}


def _shown(entry: Entry, address: Address) -> dict:
    result, settings = entry.result, entry.settings
    return {
        **show_result(result, entry.chosen.name, address, entry.start),
        "source": "/".join(entry.chosen.path.parts[-2:]),
        "made": messages.made(words(settings), settings.consistent),
        "thumbnail": address(result.files.thumbnail),
        "saved": entry.saved,
        "own": result.facts.own_format,
        "facts": messages.done(result.facts),
        "notes": list(result.facts.notes),
        "details": messages.details(result.facts),
    }
