"""Shares of one client and of all."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from sr_app.serving.shares import Full, Shares


def test_one_client_has_its_share_and_others_theirs() -> None:
    shares = Shares({"uploads": (2, 3)})
    with ExitStack() as held:
        for client in ("a", "a", "b"):
            held.enter_context(shares.take("uploads", client))
        for client in ("a", "c"):  # its own are taken; those of all are
            with pytest.raises(Full), shares.take("uploads", client):
                pass
        with shares.take("tiles", "a"), shares.take("tiles", "a"), shares.take("tiles", "a"):
            pass  # a kind without a limit
    with shares.take("uploads", "c"):
        pass


def test_a_share_comes_back_after_a_fault_and_nothing_is_remembered() -> None:
    shares = Shares({"uploads": (1, 1)})
    for _ in range(3):
        with pytest.raises(OSError), shares.take("uploads", "a"):
            raise OSError
    assert not shares._taken["uploads"]
