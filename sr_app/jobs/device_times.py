"""What each processor takes for a preset, and whether it gives what the CPU gives."""

from __future__ import annotations

import time

import numpy as np

from sr_app.inference.device import CPU, PLAIN, Device
from sr_app.inference.device_record import RIGHT, DeviceRecord, installed_engines, write_record
from sr_app.inference.devices import list_devices
from sr_app.inference.export_comparison import output_difference
from sr_app.inference.goal import CLEAN, preset_for
from sr_app.inference.runtime import Runtime
from sr_app.inference.runtimes import placing
from sr_app.networks.presets import read_card

SECONDS, SIDE = 4.0, 192
LEAST_ROUNDS = 2
AUTO_TAKES = "auto takes"


def measure_devices(seconds: float = SECONDS) -> dict[str, str]:
    """A line for each device, and which one ``auto`` takes; what was measured is kept for it.

    Nothing is measured where the CPU is the only one. The devices take turns, so that other work
    of the machine weighs on all; of each the least time counts.

    Args:
        seconds: for all of them, loading included; two rounds are made in any case.
    """
    start, kinds = time.perf_counter(), placing()
    devices = {device.name: device for device in list_devices(kinds)}
    lines = {name: device.title for name, device in devices.items()}
    if [*devices] == [CPU]:
        return {**lines, AUTO_TAKES: f"{CPU}, the only one: there is nothing to compare it with"}
    try:
        card = read_card(preset_for(2, CLEAN))
        plain = kinds[PLAIN.runtime].placed(card, PLAIN)
    except ValueError as error:
        return {**lines, AUTO_TAKES: f"{CPU}; nothing was measured: {error}"}
    tile = np.random.default_rng(0).random((1, SIDE, SIDE, 3), np.float32)
    expected = plain.run(tile)
    ready: dict[str, Runtime] = {}
    differences: dict[str, float] = {}
    for name, device in devices.items():
        try:
            ready[name] = kinds[device.runtime].placed(card, device)
            differences[name] = output_difference(expected, ready[name].run(tile))
        except Exception as error:  # every engine has its own classes
            ready.pop(name, None)
            lines[name] = f"{device.title}: fails: {' '.join(str(error).split())[:120]}"
    times = take_turns(ready, tile, start + seconds)
    record = DeviceRecord(card.name, installed_engines(), times, differences)
    lines |= {name: line(devices[name], record) for name in times}
    chosen = record.chosen if write_record(record) else f"{CPU}, as this could not be kept"
    return {**lines, AUTO_TAKES: f"{chosen} (measured on {card.name}, {SIDE}x{SIDE} pixels)"}


def take_turns(ready: dict[str, Runtime], tile: np.ndarray, until: float) -> dict[str, float]:
    """Least milliseconds of each for a tile; one that fails on the way is left out."""
    times: dict[str, float] = {}
    rounds = 0
    while ready and (rounds < LEAST_ROUNDS or time.perf_counter() < until):
        rounds += 1
        for name in tuple(ready):
            started = time.perf_counter()
            try:
                ready[name].run(tile)
            except Exception:  # every engine has its own classes
                del ready[name]
                times.pop(name, None)
                continue
            taken = 1e3 * (time.perf_counter() - started)
            times[name] = min(taken, times.get(name, taken))
    return times


def line(device: Device, record: DeviceRecord) -> str:
    """What was measured of a device, in words."""
    found = record.differences[device.name]
    told = f"{device.title}: {record.milliseconds[device.name]:.1f} ms"
    if device.name == CPU:
        return f"{told}, what the others are compared with"
    right = "" if found <= RIGHT else ", WRONG: not used by auto"
    return f"{told}, differs from the CPU by {255 * found:.2g} of 255{right}"
