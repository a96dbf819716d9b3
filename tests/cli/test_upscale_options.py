from __future__ import annotations

import inspect
from dataclasses import fields

from sr_app.cli import upscale_options
from sr_app.cli.upscale import upscale
from sr_app.jobs.upscale import UpscalePlan

OTHERWISE = {"output_template": "template", "keep_times": "times"}
"""Names of options that the plan has another word for."""


def test_every_option_has_a_help_and_the_plan_s_default() -> None:
    defaults = {field.name: field.default for field in fields(UpscalePlan)}
    compared = 0
    for name, parameter in inspect.signature(upscale, eval_str=True).parameters.items():
        (option,) = parameter.annotation.__metadata__
        assert option.help, name
        if (known := OTHERWISE.get(name, name)) in defaults and name not in ("sources", "target"):
            assert parameter.default == defaults[known], name
            compared += 1
    assert compared == 21


def test_no_option_is_left_unused() -> None:
    names = inspect.signature(upscale).parameters
    made = {name for name in vars(upscale_options) if name[0].isupper() and name.isidentifier()}
    used = {parameter.annotation.rpartition(".")[2] for parameter in names.values()}
    assert used == made - {"Annotated", "Path", "CHOICES", "DEVICES"}
