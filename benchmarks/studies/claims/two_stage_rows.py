"""The claims of the two stages, with their figures and verdicts."""

from __future__ import annotations

from collections.abc import Iterator

from figures import lines, numbers, row
from line import Line
from verdicts import NOT_EVALUATED, NOT_SHOWN, SEEDS, SHOWN, decided, of_pairs

from benchmarks.studies.real_world.report import closed, gains, in_words, percent

REAL_WORLD = "python benchmarks/studies/real_world/study.py"
ENDS = "python benchmarks/studies/two_stage_ends/study.py"
TESTS = ("Set14", "Kodak24")
MOST = 0.5
"""Of the gap: what "most of what pairs would" asks for at least."""


def two_stage() -> Iterator[Line]:
    """The indirect supervised path."""
    pieces = list(lines("real_world"))
    kinds = list(dict.fromkeys(line["kind"] for line in pieces))
    yield from (most_of_the_gap(pieces, kind) for kind in kinds)
    better = {
        (kind, test): gains(pieces, kind, "collaborative", "two-stage", test)
        for kind in kinds
        for test in TESTS
    }
    told = "; ".join(
        f"{kind} " + " and ".join(in_words(better[kind, test], "+.3f") for test in TESTS)
        for kind in kinds
    )
    yield Line(
        "the collaborative strategy improves on the two stages",
        f"with as many steps of super-resolution, on {' and '.join(TESTS)}, dB: {told}",
        decided(
            SHOWN if all(of_pairs(gain) == SHOWN for gain in better.values()) else NOT_SHOWN,
            of_seeds(better) >= SEEDS,
        ),
        REAL_WORLD,
    )
    yield from trade_off()


def most_of_the_gap(pieces: list[dict], kind: str) -> Line:
    """What two stages reach of what true pairs do, on one degradation."""
    (steps,) = {line["steps"] for line in pieces}
    shares = {test: closed(pieces, kind, "two-stage", test) for test in TESTS}
    shown = all(of_pairs([share - MOST for share in each]) == SHOWN for each in shares.values())
    return Line(
        f"without pairs, translated LR teaches most of what pairs would (`{kind}`)",
        "of the gap between training on bicubic LR and on true pairs, with equal steps of super-"
        f"resolution ({steps}), two stages close on {' and '.join(TESTS)} "
        f"{' and '.join(map(percent, shares.values()))}; {of_seeds(shares)} seeds, an imitated "
        "degradation",
        decided(SHOWN if shown else NOT_SHOWN, of_seeds(shares) >= SEEDS),
        REAL_WORLD,
    )


def of_seeds(found: dict) -> int:
    """How many seeds all of these have."""
    return min(map(len, found.values()))


def trade_off() -> Iterator[Line]:
    """Its distortion and perception without pairs."""
    claim = "distortion and perceptual quality can be balanced without pairs"
    page = "two_stage_ends/README.md"
    try:
        ends = [row(page, f"blend of outputs, {t}") for t in ("0", "0.5", "1")]
        bicubic = numbers(row(page, "bicubic")[1])[0]
    except (KeyError, FileNotFoundError):
        yield Line(claim, "no finished run", NOT_EVALUATED, ENDS)
        return
    psnr, lpips, niqe = ([numbers(end[place])[0] for end in ends] for place in (1, 2, 3))
    yield Line(
        claim,
        f"faithful, halfway, vivid: {psnr[0]:.2f}, {psnr[1]:.2f}, {psnr[2]:.2f} dB (bicubic "
        f"{bicubic:.2f}; shown needs a faithful end above it); LPIPS "
        f"{lpips[0]:.3f}, {lpips[1]:.3f}, {lpips[2]:.3f}; NIQE {niqe[0]:.1f}, {niqe[1]:.1f}, "
        f"{niqe[2]:.1f}; one imitated camera, one seed, 100 steps of each phase",
        SHOWN if lpips[2] < lpips[0] and psnr[0] > bicubic else NOT_SHOWN,
        ENDS,
    )
