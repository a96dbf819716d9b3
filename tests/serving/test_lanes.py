"""Requests wait in a line without a thread; those that lose their place are told."""

from __future__ import annotations

import asyncio
import threading

import pytest

from sr_app.serving.jobs import Cancelled, Jobs
from sr_app.serving.lanes import Lanes, ask
from sr_app.serving.turns import Crowded


def test_what_work_gives_and_raises_comes_back() -> None:
    async def both() -> None:
        jobs = Jobs()
        assert await ask(jobs, lambda progress: 7, "a") == 7
        with pytest.raises(OSError, match="full"):
            await ask(jobs, fail, "a")

    def fail(progress) -> None:
        raise OSError("full")

    asyncio.run(both())


def test_clients_take_turns_and_no_thread_waits_for_them() -> None:
    gate, order = threading.Event(), []

    async def crowd() -> None:
        jobs = Jobs()

        def work(name: str):
            return lambda progress: (gate.wait(20), order.append(name))

        threads = threading.active_count()
        asked = [asyncio.ensure_future(ask(jobs, work(f"s{i}"), "script")) for i in range(40)]
        await asyncio.sleep(0)
        asked.append(asyncio.ensure_future(ask(jobs, work("visitor"), "visitor")))
        await asyncio.sleep(0)
        assert threading.active_count() <= threads + 1
        gate.set()
        await asyncio.gather(*asked)

    asyncio.run(crowd())
    assert order.index("visitor") <= 2 and len(order) == 41


def test_who_finds_no_place_or_loses_it_is_told() -> None:
    gate = threading.Event()

    async def crowd() -> list[str]:
        jobs = Jobs(each=9, most=3)

        async def one(client: str) -> str:
            try:
                await ask(jobs, lambda progress: gate.wait(20), client)
            except Crowded:
                return f"{client} crowded"
            return f"{client} done"

        asked = [asyncio.ensure_future(one(client)) for client in "aaaaabc"]
        for _ in range(20):
            await asyncio.sleep(0)
        gate.set()
        return sorted(await asyncio.gather(*asked))

    told = asyncio.run(crowd())
    assert told.count("b done") == told.count("c done") == 1
    assert told.count("a crowded") >= 2


def test_what_nobody_wants_is_not_begun_and_stops() -> None:
    async def unwanted() -> None:
        with pytest.raises(Crowded):
            await ask(Jobs(), lambda progress: 1, "a", wanted=lambda: False)
        wanted = [True]

        def work(progress) -> None:
            progress(0, 2)
            wanted[0] = False
            progress(1, 2)

        with pytest.raises(Cancelled):
            await ask(Jobs(), work, "a", wanted=lambda: wanted[0])

    asyncio.run(unwanted())


def test_small_work_has_lines_of_its_own() -> None:
    lanes = Lanes()
    assert len({id(lane) for lane in (lanes.networks, lanes.looks, lanes.files, lanes.tiles)}) == 4
    lanes.close()
