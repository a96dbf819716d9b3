from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="a process is ended otherwise there"
)

WRITER = """
import sys, time
from pathlib import Path
from sr_app.cli.ending import listen_for_endings
from sr_app.files.replacement import replacing, temporary_folder
listen_for_endings()
out = Path(sys.argv[1])
with temporary_folder(out / "preset") as folder, replacing(out / "large.png") as file:
    (folder / "card.json").write_text("half")
    file.write_text("half")
    print("writing", flush=True)
    time.sleep(600)
"""


STUBBORN = """
import signal, sys
from sr_app.cli.ending import listen_for_endings
from sr_app.cli.progress import show_events
from sr_app.jobs.events import Progress
listen_for_endings()
with show_events() as report:
    report(Progress("training", 1, 9))
    try:
        signal.raise_signal(signal.SIGINT)
    except KeyboardInterrupt:
        print("passed over", flush=True)
    report(Progress("training", 2, 9))
print("went on", flush=True)
"""


def begin(folder: Path, **options) -> subprocess.Popen:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", WRITER, str(folder)]
    writer = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment, **options
    )
    assert writer.stdout.readline() == b"writing\n" and len(list(folder.iterdir())) == 3
    return writer


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_process_that_is_ended_leaves_nothing_half_written(tmp_path: Path, number: int) -> None:
    (tmp_path / "photo.jpg").touch()
    writer = begin(tmp_path)
    writer.send_signal(number)
    assert writer.communicate(timeout=60) == (b"", b"") and writer.returncode == -number
    assert [path.name for path in tmp_path.iterdir()] == ["photo.jpg"]


def test_a_signal_that_is_ignored_stays_so(tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").touch()
    hang_up = lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN)  # noqa: E731
    writer = begin(tmp_path, preexec_fn=hang_up)
    writer.send_signal(signal.SIGHUP)
    with pytest.raises(subprocess.TimeoutExpired):
        writer.wait(0.3)
    writer.terminate()
    writer.communicate(timeout=60)
    assert [path.name for path in tmp_path.iterdir()] == ["photo.jpg"]


def test_an_interrupt_that_was_lost_on_its_way_ends_the_work_at_the_next_step() -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", STUBBORN]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert done.stdout == "passed over\n" and done.stderr.endswith("KeyboardInterrupt\n")
