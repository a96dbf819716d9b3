"""A Ray cluster, joined or started on this machine. Ray itself is imported by whoever needs it."""

from __future__ import annotations

import os
from types import ModuleType
from typing import Any

START_ATTEMPTS = 3


def join(ray: ModuleType | Any, address: str | None) -> None:
    """Join a cluster, unless this process is in one, or start one.

    A busy machine may need more than one attempt.

    Args:
        address: of the cluster; None for a new one on this machine (or that of RAY_ADDRESS).

    Raises:
        OSError: if Ray does not start.
    """
    if ray.is_initialized():
        return
    # A busy machine answers late; by itself Ray takes it for dead after some fifteen seconds.
    patience = {"agent_register_timeout_ms": 120_000, "health_check_failure_threshold": 60}
    new = address is None and "RAY_ADDRESS" not in os.environ
    for attempt in range(1, START_ATTEMPTS + 1):
        try:
            ray.init(
                address=address,
                include_dashboard=False,
                log_to_driver=False,
                _system_config=patience if new else None,
            )
            return
        except Exception as error:  # Ray's own has no other class
            ray.shutdown()
            if attempt == START_ATTEMPTS or "timed out during startup" not in str(error):
                raise OSError(f"Ray did not start: {str(error).splitlines()[0]}") from error
