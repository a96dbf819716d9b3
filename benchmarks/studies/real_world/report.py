"""The table of `study.py`, from its results."""

from __future__ import annotations

from collections.abc import Iterable


def closed(row: dict, base: dict, oracle: dict, test: str) -> float | None:
    """Part of the way from the bicubic-trained network to the oracle, in dB of PSNR."""
    here, low, high = (one["scores"][test]["psnr"] for one in (row, base, oracle))
    return (here - low) / (high - low) if high > low else None


def in_words(scores: dict) -> str:
    """PSNR in dB, SSIM, and LPIPS by SqueezeNet, which is null where its weights were not there."""
    seen = f"{scores['lpips']:.3f}" if "lpips" in scores else "null"
    return f"{scores['psnr']:.2f} / {scores['ssim']:.4f} / {seen}"


def make_table(
    results: list[dict], tests: list[str], kinds: Iterable[str], rows: Iterable[str]
) -> str:
    """Markdown; what was not measured is null."""
    heads = (f"{test} PSNR / SSIM / LPIPS | closed" for test in tests)
    lines = ["| degradation | row | " + " | ".join(heads)]
    lines[0] += " | training s |"
    lines.append("|---|---" + "|---" * (2 * len(tests) + 1) + "|")
    found = {(one["kind"], one["row"]): one for one in results}
    for kind in kinds:
        base, oracle = (found.get((kind, row)) for row in ("bicubic-trained", "oracle"))
        for row in rows:
            one, cells = found.get((kind, row)), []
            for test in tests:
                known = one and one["scores"].get(test)
                cells.append(in_words(known) if known else "null")
                part = closed(one, base, oracle, test) if known and base and oracle else None
                cells.append("null" if part is None else f"{part:.0%}")
            cells.append(str(one["seconds"]) if one else "null")
            lines.append(f"| {kind} | {row} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"
