"""Wrong passwords cost time, by address, in bounded memory."""

from __future__ import annotations

import pytest

from sr_app.serving.logins import FIRST, FORGOTTEN, LONGEST, Logins, login_check
from tests.serving.conftest import Clock


@pytest.mark.parametrize(
    ("name", "word", "right"),
    [("me", "secret", True), ("me", "Secret", False), ("you", "secret", False), ("", "", False),
     ("me", "secret\0", False), ("\udcff", "ü", False)],
)  # fmt: skip
def test_both_have_to_be_right(name, word, right) -> None:
    assert login_check("me", "secret")(name, word) is right


def try_once(logins: Logins, client: str, *, right: bool) -> float:
    """Seconds that the try costs."""
    assert logins.begin(client) == 0
    return logins.end(client, right=right)


def test_each_wrong_password_costs_double_and_nothing_may_be_tried_meanwhile() -> None:
    clock = Clock()
    logins = Logins(clock=clock)
    for count in range(12):
        cost = try_once(logins, "a", right=False)
        assert cost == min(LONGEST, FIRST * 2**count)
        assert logins.begin("a") == cost, "whoever hangs up and comes again has to wait as long"
        assert try_once(logins, "b", right=True) == 0, "others do not wait"
        clock.now += cost
    assert try_once(logins, "a", right=True) == 0
    assert try_once(logins, "a", right=False) == FIRST, "a right one wipes the slate"
    clock.now += FIRST + FORGOTTEN + 1
    assert try_once(logins, "a", right=False) == FIRST, "and so does time"


def test_a_client_tries_one_at_a_time() -> None:
    logins = Logins()
    assert logins.begin("a") == 0
    assert logins.begin("a") == FIRST and logins.begin("b") == 0
    assert logins.end("a", right=None) == 0, "it was no try after all"
    assert logins.begin("a") == 0


def test_memory_for_addresses_is_bounded() -> None:
    logins = Logins(most=3)
    for client in "abcde":
        try_once(logins, client, right=False)
    assert list(logins._wrong) == ["c", "d", "e"] and not logins._trying
