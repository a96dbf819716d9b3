"""A recipe with a selection section: choose patches, have them taught, train on them."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np

from sr_app.datasets.grid import cut_grid
from sr_app.datasets.ntire import existing
from sr_app.datasets.store import fingerprint
from sr_app.evaluation.contact_sheet import Sheet, make_contact_sheet
from sr_app.files.replacement import write_whole
from sr_app.image.files import find_photos
from sr_app.jobs.events import Note, Reporter, counter, silent
from sr_app.jobs.train_data import prepared
from sr_app.jobs.train_pairs import validation_of
from sr_app.jobs.train_progress import ReportSteps, watching
from sr_app.networks.presets import digest, read_card
from sr_app.recipes.stage_sections import DistillationSection, SelectionSection, Stage
from sr_app.training.cached_distillation import cached_crops, teacher_outputs, train_on_cached
from sr_app.training.clusters import cluster_rows
from sr_app.training.distillation import load_teacher
from sr_app.training.selection import STEPS
from sr_app.training.shortlist import Shortlist, make_shortlist

SHEET, SHOWN = "selection.html", 120


def train_on_selected(
    stage: Stage, network: keras.Model, folder: Path, reporter: Reporter = silent
) -> dict:
    """Selection, teacher's pictures, training; each step goes on where a kill left it.

    Returns:
        What the card says of the selection.
    """
    teacher = load_teacher(stage.required(DistillationSection).teacher, stage.network.scale)
    name = (folder.parent if stage.folder else folder).name
    shortlist = choose_patches(name, stage, teacher, folder, reporter)
    train_on_chosen(stage, network, teacher, shortlist, folder, reporter)
    return facts(shortlist)


def choose_patches(
    name: str, stage: Stage, teacher: keras.Model, folder: Path, reporter: Reporter
) -> Shortlist:
    """Score every patch of both folders; the contact sheet is written here."""
    section, scale = stage.required(SelectionSection), stage.network.scale
    examples, others = (find_photos(existing(f)) for f in (section.positives, section.unlabeled))
    pairs = tuple((path, None) for path in (*examples, *others))
    store = prepared(pairs, stage.data.cache, scale=scale, reporter=reporter)
    grid = cut_grid(store, side=section.side, most=section.most, seed=stage.training.seed)
    shortlist = make_shortlist(
        grid,
        grid.places[:, 0] < len(examples),
        teacher,
        folder / "selection",
        key=f"{fingerprint(pairs, scale)} {teacher_digest(stage)}",
        prior=section.prior,
        rule=section.rule,
        seed=stage.training.seed,
        progress=counter(reporter, "looking at patches"),
        callbacks=(ReportSteps(reporter, STEPS, STEPS // 4, what="selector"),),
    )
    page = contact_sheet(name, stage, shortlist, [path for path, _ in pairs])
    write_whole(folder / SHEET, page.encode())
    known = facts(shortlist)
    summary = f"chosen: {known['chosen']} of {known['unlabeled']} patches (share of the kind "
    reporter(Note(f"{summary}{known['prior']:.2f}); see {folder / SHEET}"))
    return shortlist


def teacher_digest(stage: Stage) -> str:
    """What names the teacher's weights."""
    card = read_card(stage.required(DistillationSection).teacher)
    return digest(card.file(card.weights))


def train_on_chosen(
    stage: Stage,
    network: keras.Model,
    teacher: keras.Model,
    shortlist: Shortlist,
    folder: Path,
    reporter: Reporter,
) -> None:
    """Robust distillation on the examples' patches and the chosen ones."""
    settings, section = stage.training, stage.required(SelectionSection)
    rows = np.sort(np.concatenate([np.flatnonzero(shortlist.positive), shortlist.chosen]))
    grid = shortlist.grid.subset(rows)
    clusters = cluster_rows(shortlist.features[rows], count=section.clusters, seed=settings.seed)
    pictures = teacher_outputs(
        grid,
        teacher,
        folder / "selection" / "taught.npy",
        key=f"{teacher_digest(stage)} {shortlist.name(rows)}",
        progress=counter(reporter, "teacher's pictures"),
    )
    validation = validation_of(stage, network, folder)
    callbacks = (*([validation] if validation else []), *watching(stage, folder, reporter))
    schedule = settings.schedule()
    crops = cached_crops(grid, pictures, clusters, schedule, settings.batches())
    train_on_cached(
        network, crops, clusters, folder, schedule, radius=section.radius, callbacks=callbacks
    )


def facts(shortlist: Shortlist) -> dict:
    """What the card says of the selection."""
    return {
        "examples": int(shortlist.positive.sum()),
        "unlabeled": int((~shortlist.positive).sum()),
        "chosen": len(shortlist.chosen),
        "prior": round(shortlist.prior, 4),
    }


def contact_sheet(name: str, stage: Stage, shortlist: Shortlist, paths: list[Path]) -> str:
    """The page: what was chosen, best first; what was refused, nearest miss first; examples."""

    def sheet(heading: str, note: str, rows: np.ndarray) -> Sheet:
        shown = rows[np.unique(np.linspace(0, len(rows) - 1, SHOWN).round().astype(int))]
        if not len(rows):
            shown, note = rows, "None."
        elif len(shown) < len(rows):
            note += f" {len(shown)} of {len(rows)}, evenly spaced by rank."
        captions = [
            f"{shortlist.scores[row]:+.2f}\n{paths[shortlist.grid.places[row, 0]].name}"
            for row in shown
        ]
        return Sheet(f"{heading} ({len(rows)})", note, list(shortlist.grid.lr(shown)), captions)

    known, section = facts(shortlist), stage.required(SelectionSection)
    how = "given" if section.prior is not None else "estimated"
    return make_contact_sheet(
        f"Selection for {name}",
        {
            "Examples": f"{section.positives}, {known['examples']} patches",
            "Mixed lot": f"{section.unlabeled}, {known['unlabeled']} patches",
            "Share of the kind": f"{known['prior']:.2f}, {how}",
            "Patches": f"{section.side}x{section.side} low-resolution pixels",
            "Score": f"above 0 a patch is chosen; {section.rule} on features of "
            f"{stage.required(DistillationSection).teacher}",
        },
        [
            sheet("Chosen", "Best first.", shortlist.chosen),
            sheet("Refused", "The nearest miss first.", shortlist.refused),
            sheet("Examples", "As they score themselves, best first.", shortlist.examples),
        ],
    )
