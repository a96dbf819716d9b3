from __future__ import annotations

import inspect

from sr_app.cli.evaluate import evaluate
from sr_app.cli.evaluate_options import Method
from sr_app.evaluation.protocols import PROTOCOLS
from sr_app.jobs.evaluate import KERNELS


def test_every_option_has_a_help_and_the_tables_names() -> None:
    assert [method.value for method in Method] == list(KERNELS)
    parameters = inspect.signature(evaluate, eval_str=True).parameters
    helps = {name: each.annotation.__metadata__[0].help for name, each in parameters.items()}
    assert all(helps.values())
    assert all(protocol in helps["protocol"] for protocol in PROTOCOLS)
