"""The page under load: fair shares, a long run in one process, and what attackers tried.

Run it from the top folder: python benchmarks/page_load.py [fairness|soak|attacks|neighbours ...]
`fairness` writes benchmarks/page_fairness.csv, `soak` writes benchmarks/page_soak.csv and draws
benchmarks/page_soak.svg, and all of them together write benchmarks/page_load.md. Linux only.
"""

from __future__ import annotations

import argparse
import csv
import os
import signal
import tempfile
import threading
import time
from pathlib import Path
from statistics import mean

from page_clients import REPOSITORY, Client, Server, served, small_photo

RESULTS = REPOSITORY / "benchmarks"
HEAD = """# The page under load

`python benchmarks/page_load.py`: plain HTTP clients with addresses of their own, photos of 64 x 48
pixels, presets as they are chosen by default; 2 cores, which other work shared."""
VISITORS, LOOKERS, TABS = 50, 5, 40


def visit(client: Client, seed: int, until: float, done: list[float]) -> None:
    """Enlarge one photo after another; the seconds of each go to ``done``."""
    client.begin()
    while time.monotonic() < until:
        seed, start = seed + 1000, time.monotonic()
        if not client.open(small_photo(seed)):
            time.sleep(0.5)
            continue
        client.act("go")
        view = client.wait(until)
        if view.get("results"):
            done.append(time.monotonic() - start)
            client.act("drop", view["results"][-1]["token"])


def only_look(client: Client, seed: int, until: float, done: list[float]) -> None:
    """Open a photo now and then, and nothing else."""
    while time.monotonic() < until:
        seed, start = seed + 1000, time.monotonic()
        client.begin()
        if client.open(small_photo(seed)):
            done.append(time.monotonic() - start)
        client.leave()
        time.sleep(2)


def hoard(port: int, until: float, done: list[float]) -> None:
    """One script with forty tabs, each of which joins the line again as soon as it is through."""
    tabs = [Client(port, "127.0.0.250") for _ in range(TABS)]
    for tab in tabs:
        tab.begin()
    seed = 10**7
    while time.monotonic() < until:
        for tab in tabs:
            view = tab.act("poll", 0)
            if view.get("work") or time.monotonic() > until:
                continue
            done.extend([0.0] * len(view.get("results", ())))
            for result in view.get("results", ()):
                tab.act("drop", result["token"])
            seed += 1
            if tab.open(small_photo(seed)):
                tab.act("go")


def fairness(seconds: float, visitors: int = VISITORS) -> list[str]:
    """Results of each visitor while one script keeps forty jobs in the line."""
    with served() as server:
        until = time.monotonic() + seconds
        clients = [Client(server.port, f"127.0.1.{i + 1}") for i in range(visitors)]
        lookers = [Client(server.port, f"127.0.2.{i + 1}") for i in range(LOOKERS)]
        done: list[list[float]] = [[] for _ in clients]
        looks: list[list[float]] = [[] for _ in lookers]
        script: list[float] = []
        threads = [
            *(_thread(visit, c, i, until, done[i]) for i, c in enumerate(clients)),
            *(_thread(only_look, c, 500 + i, until, looks[i]) for i, c in enumerate(lookers)),
            _thread(hoard, server.port, until, script),
        ]
        for thread in threads:
            thread.join(seconds + 180)
        figures = server.figures()
    counts = [len(one) for one in done]
    refused = [text for c in (*clients, *lookers) for text in c.refusals]
    looked = [one for each in looks for one in each]
    rows = [
        (c.address, len(one), max(one, default=0)) for c, one in zip(clients, done, strict=True)
    ]
    _write_csv("page_fairness.csv", ("client", "results", "longest_s"), rows)
    average = mean(counts)
    return [
        f"{visitors} visitors, {seconds:.0f} s, and one script with {TABS} tabs that always wait:",
        "",
        "| | |",
        "| --- | --- |",
        f"| results of all visitors | {sum(counts)} |",
        f"| of one visitor: mean, least, most | {average:.1f}, {min(counts)}, {max(counts)} |",
        f"| least over mean (0.5 is the bar) | {min(counts) / max(average, 1e-9):.2f} |",
        f"| results of the script, whose address has one turn in {visitors + 1} | {len(script)} |",
        f"| photos that {LOOKERS} more visitors only opened | {len(looked)} |",
        f"| seconds until such a photo is there: mean, longest | {mean(looked or [0]):.1f}, "
        f"{max(looked, default=0):.1f} |",
        f"| refusals of visitors | {len(refused)} {sorted(set(refused))[:3] or ''} |",
        f"| server at the end: MB, descriptors, threads | {figures['rss_mb']:.0f}, "
        f"{figures['descriptors']:.0f}, {figures['threads']:.0f} |",
    ]


def soak(jobs: int) -> list[str]:
    """Jobs one after another in one process, each of a tab that then leaves."""
    rows = []
    with served() as server:
        start = time.monotonic()
        for number in range(1, jobs + 1):
            client = Client(server.port)
            client.begin()
            if not client.open(small_photo(number)):
                raise SystemExit(f"Job {number} was refused: {client.refusals}")
            client.act("go")
            results = client.wait().get("results")
            if not results:
                raise SystemExit(f"Job {number} gave no result: {client.refusals}")
            client.call("finish", [results[0]["token"], 0, "jpeg", 90])
            client.leave()
            rows.append((number, time.monotonic() - start, *server.figures().values()))
        time.sleep(60)
        rest = server.figures()
        rows.append((jobs, time.monotonic() - start, *rest.values()))
    names = ("job", "seconds", *rest)
    _write_csv("page_soak.csv", names, rows)
    _draw(rows, names)
    third = max(1, jobs // 3)
    early, late = rows[third : 2 * third], rows[2 * third : jobs]
    lines = [f"{jobs} jobs in one process in {rows[jobs - 1][1]:.0f} s, each of a new tab:", ""]
    lines += ["| | second third, mean | last third, mean | a minute after the last |"]
    lines += ["| --- | --- | --- | --- |"]
    for at, name in enumerate(names[2:], start=2):
        means = [mean(row[at] for row in part) for part in (early or rows, late or rows)]
        lines.append(f"| {name} | {means[0]:.1f} | {means[1]:.1f} | {rows[-1][at]:.1f} |")
    return lines


def attacks() -> list[str]:
    """What was tried against the page, again."""
    lines = ["| tried | came of it |", "| --- | --- |"]
    with served() as server:
        before, client = server.figures()["rss_mb"], Client(server.port, "127.0.3.1")
        client.begin()
        big = b'{"data": [2], "x": "' + b"a" * 200_000_000 + b'"}'
        for path in ("run/upload", "call/upload", "run/other"):
            status, _ = client.ask(
                "POST", f"/gradio_api/{path}", big, content_type="application/json"
            )
            lines.append(f"| 200 MB of JSON to /gradio_api/{path} | {status or 'broken off'} |")
        status, _ = client.upload(*[bytes(40_000_000)] * 6)
        lines.append(f"| six files of 40 MB in one upload | {status or 'broken off'} |")
        grown = server.figures()["rss_mb"] - before
        lines.append(f"| resident memory after these | {grown:+.0f} MB |")
        lines += _invention(server) + _strangers(server)
    with served("--auth", "me:secret") as server:
        lines += _passwords(server)
    return lines


def _invention(server: Server) -> list[str]:
    """Forty-five maps with turns of one script, while a visitor enlarges a photo."""
    script, visitor = Client(server.port, "127.0.3.2"), Client(server.port, "127.0.3.3")
    script.begin()
    script.open(small_photo(1, height=140, width=180))
    script.act("go")
    token = script.wait()["results"][0]["token"]
    seconds = []
    for crowd in (0, 45):
        threads = [_thread(script.call, "invention", [token, True]) for _ in range(crowd)]
        time.sleep(1)
        start = time.monotonic()
        visitor.begin()
        visitor.open(small_photo(2 + crowd, height=140, width=180))
        visitor.act("go")
        found = visitor.wait().get("results")
        seconds.append(f"{time.monotonic() - start:.1f} s" if found else "no result")
        script.leave()
    for thread in threads:
        thread.join(180)
    return [
        f"| a visitor's photo, alone | {seconds[0]} |",
        f"| the same while one script asks for 45 invention maps with turns | {seconds[1]} |",
    ]


def _strangers(server: Server) -> list[str]:
    """Other names, other pages, closed roads."""
    client, lines = Client(server.port, "127.0.3.4"), []
    for words, method, path, headers in (
        ("Host: evil.example", "GET", "/config", {"host": "evil.example"}),
        ("a foreign page uploads", "POST", "/gradio_api/upload", {"origin": "http://evil.example"}),
        ("POST /gradio_api/queue/join", "POST", "/gradio_api/queue/join", {}),
        ("GET /gradio_api/heartbeat/x", "GET", "/gradio_api/heartbeat/x", {}),
        ("POST /gradio_api/cancel", "POST", "/gradio_api/cancel", {}),
        ("GET /pwa_icon/20000 (an icon of 400 megapixels)", "GET", "/pwa_icon/20000", {}),
    ):
        lines.append(f"| {words} | {client.ask(method, path, **headers)[0]} |")
    return lines


def _passwords(server: Server, seconds: float = 20) -> list[str]:
    """How many passwords an address can try, on ten connections at a time."""
    heard, until = [], time.monotonic() + seconds

    def guess(number: int) -> None:
        client = Client(server.port, "127.0.3.5")
        while time.monotonic() < until:
            word = f"username=me&password={number}{len(heard)}".encode()
            kind = "application/x-www-form-urlencoded"
            heard.append(client.ask("POST", "/login", word, content_type=kind)[0])

    for thread in [_thread(guess, number) for number in range(10)]:
        thread.join(seconds + 120)
    judged = heard.count(400)
    return [
        f"| wrong passwords of one address in {seconds:.0f} s, ten connections | {judged} were "
        f"compared, {heard.count(429)} sent away unheard |"
    ]


def neighbours() -> list[str]:
    """Two servers with one folder for temporary files, and a third that was killed."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with served(folder=folder) as one, served(folder=folder) as two:
            made = []
            for server in (one, two):
                client = Client(server.port)
                client.begin()
                client.open(small_photo(7))
                client.act("go")
                made.append(len(client.wait().get("results", ())))
            os.kill(one.process.pid, signal.SIGKILL)
            one.process.wait()
            left = one.folder.exists()
            with served(folder=folder):
                gone, kept = not one.folder.exists(), two.folder.exists()
        rest = ", ".join(sorted(path.name for path in folder.iterdir())) or "nothing"
    return [
        "| two servers side by side | |",
        "| --- | --- |",
        f"| results of each | {made[0]}, {made[1]} |",
        f"| one is killed: its folder stays, until another one starts | {left}, {gone} |",
        f"| the other one keeps its own meanwhile | {kept} |",
        f"| left behind when all have ended (the framework's own, empty) | {rest} |",
    ]


def _thread(work, *arguments) -> threading.Thread:
    thread = threading.Thread(target=work, args=arguments, daemon=True)
    thread.start()
    return thread


def _write_csv(name: str, names: tuple[str, ...], rows: list[tuple]) -> None:
    with (RESULTS / name).open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(names)
        writer.writerows([f"{v:.1f}" if isinstance(v, float) else v for v in row] for row in rows)


def _draw(rows: list[tuple], names: tuple[str, ...]) -> None:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 6), layout="constrained")
    axes = figure.subplots(2, 2, sharex=True).ravel()
    shown = ("rss_mb", "descriptors", "files", "disk_mb")
    titles = ("resident MB", "file descriptors", "files on disk", "MB on disk")
    for axis, name, title in zip(axes, shown, titles, strict=True):
        axis.plot([row[0] for row in rows], [row[names.index(name)] for row in rows], linewidth=1)
        axis.set_ylim(bottom=0)
        axis.set_title(title)
        axis.grid(alpha=0.3)
    for axis in axes[2:]:
        axis.set_xlabel("jobs done; the last point is a minute after the last one")
    figure.savefig(RESULTS / "page_soak.svg")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    kinds = ("fairness", "soak", "attacks", "neighbours")
    parser.add_argument(
        "what",
        nargs="*",
        choices=(*kinds, []),
        metavar="WHAT",
        help=f"{', '.join(kinds)}; all by default",
    )
    parser.add_argument("--seconds", type=float, default=180, help="of fairness")
    parser.add_argument("--jobs", type=int, default=500, help="of the soak")
    given = parser.parse_args()
    parts = {
        "fairness": lambda: fairness(given.seconds),
        "soak": lambda: soak(given.jobs),
        "attacks": attacks,
        "neighbours": neighbours,
    }
    said = [HEAD]
    for kind in given.what or kinds:
        part = [f"\n## {kind.capitalize()}\n", *parts[kind]()]
        print("\n".join(part), flush=True)
        said += part
    if not given.what:
        (RESULTS / "page_load.md").write_text("\n".join(said) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
