"""A line in which clients take turns, against one that is taken apart step by step."""

from __future__ import annotations

import random

import pytest

from sr_app.serving.turns import Crowded, Turns


def line(*things: tuple[str, str, str], each: int = 99, most: int = 99) -> Turns[str]:
    """Things with client and session, in this order."""
    turns: Turns[str] = Turns(each=each, most=most)
    for thing, client, session in things:
        turns.add(thing, (client, session))
    return turns


def drained(turns: Turns[str]) -> list[str]:
    return [thing for _ in range(len(turns)) if (thing := turns.take())]


def test_one_of_each_client_then_the_next() -> None:
    turns = line(*((f"s{i}", "script", f"{i}") for i in range(5)), ("a", "a", ""), ("b", "b", ""))
    assert turns.before("b") == ["s0", "a"], "forty of a script are one turn before the next"
    assert drained(turns) == ["s0", "a", "b", "s1", "s2", "s3", "s4"]
    assert turns.take() is None and turns.before("b") is None


def test_and_of_a_client_one_of_each_session() -> None:
    turns = line(*((f"x{i}", "school", "x") for i in range(3)), ("y", "school", "y"))
    assert drained(turns) == ["x0", "y", "x1", "x2"]


@pytest.mark.parametrize("seed", range(20))
def test_what_is_said_to_come_before_comes_before(seed) -> None:
    rng = random.Random(seed)
    turns: Turns[int] = Turns(each=999, most=999)
    for thing in range(60):
        turns.add(thing, (rng.choice("aaaabc"), rng.choice("xyz")))
        if rng.random() < 0.3:
            turns.take()
        if rng.random() < 0.1:
            turns.remove(lambda other: other % 7 == 3)
    waiting = list(turns)
    said = {thing: turns.before(thing) for thing in waiting}
    order = [turns.take() for _ in waiting]
    assert said == {thing: order[: order.index(thing)] for thing in waiting}


def test_a_client_has_its_places_and_others_theirs() -> None:
    turns = line(("a0", "a", ""), ("a1", "a", ""), each=2)
    with pytest.raises(Crowded):
        turns.add("a2", ("a", "other"))
    assert turns.add("b0", ("b", "")) is None


def test_where_all_is_taken_the_last_of_who_has_most_goes() -> None:
    turns = line(("a0", "a", ""), ("a1", "a", ""), ("a2", "a", ""), ("b0", "b", ""), most=4)
    assert turns.add("c0", ("c", "")) == "a2"
    with pytest.raises(Crowded):
        turns.add("b1", ("b", "")), "then it would have most itself"
    with pytest.raises(Crowded):
        turns.add("a3", ("a", ""))
    assert turns.add("d0", ("d", "")) == "a1" and len(turns) == 4
    with pytest.raises(Crowded):
        turns.add("e0", ("e", "")), "as many clients as places"
    assert drained(turns) == ["a0", "b0", "c0", "d0"]


def test_what_is_removed_is_in_nobodys_way() -> None:
    turns = line(("a0", "a", ""), ("a1", "a", ""), ("b0", "b", ""))
    assert turns.remove(lambda thing: thing.endswith("0")) == ["a0", "b0"]
    assert len(turns) == 1 and drained(turns) == ["a1"]


def test_fifty_visitors_get_as_much_as_each_other_beside_a_script_with_forty_jobs() -> None:
    """The short version of ``benchmarks/page_load.py fairness``: three minutes of turns."""
    turns: Turns[str] = Turns(each=64, most=256)
    visitors, rng = [f"v{i}" for i in range(50)], random.Random(1)
    for tab in range(40):
        turns.add("script", ("script", f"{tab}"))
    for visitor in visitors:
        turns.add(visitor, (visitor, ""))
    done, away = dict.fromkeys([*visitors, "script"], 0), []
    for _ in range(3000):
        who = turns.take()
        done[who] += 1
        away.append(who)
        rng.shuffle(away)  # who comes again comes in any order
        while len(away) > 10:
            back = away.pop()
            turns.add(back, (back, f"{rng.randrange(40)}" if back == "script" else ""))
    counts = [done[visitor] for visitor in visitors]
    assert min(counts) > 0.5 * sum(counts) / len(counts) and done["script"] <= 2 * max(counts)
