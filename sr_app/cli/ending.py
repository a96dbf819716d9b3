"""A command that is ended from outside ends, and leaves nothing half written behind."""

from __future__ import annotations

import signal

from sr_app.files.replacement import remove_unfinished

ENDINGS = ("SIGTERM", "SIGHUP")
"""A polite kill; a terminal that is closed. Ctrl+C is an error in Python, and cleans up as one."""

_interrupted = False


def listen_for_endings() -> None:
    """Remove what is being written before a signal ends the process, as it does without this.

    Ctrl+C is remembered as well, for `raise_if_interrupted`. A signal that is ignored, as under
    `nohup`, stays so.
    """
    for name in ENDINGS:
        number = getattr(signal, name, None)  # Windows has the first alone
        if number is not None and signal.getsignal(number) == signal.SIG_DFL:
            signal.signal(number, _end)
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _interrupt)


def raise_if_interrupted() -> None:
    """KeyboardInterrupt once more after a Ctrl+C that came to nothing.

    Python raises it wherever the program is. Where that is a destructor, or a library that passes
    over whatever fails, it is lost.
    """
    if _interrupted:
        raise KeyboardInterrupt


def _end(number: int, _frame: object) -> None:
    remove_unfinished()
    signal.signal(number, signal.SIG_DFL)
    signal.raise_signal(number)


def _interrupt(_number: int, _frame: object) -> None:
    global _interrupted
    _interrupted = True
    raise KeyboardInterrupt
