"""The public names: all there, all from their homes, none of them costly before it is used."""

from __future__ import annotations

import subprocess
import sys

import pytest

import sr_app

NAMES = [
    "upscale",
    "Upscaler",
    "read_photo",
    "write_photo",
    "imresize",
    "blend",
    "consistency",
    "inspect_photo",
    "invention_map",
    "psnr",
    "ssim",
    "Genotype",
    "build_esrn",
    "load_preset",
    "list_presets",
    "evaluate",
    "adapt",
    "compress",
    "evolve",
    "search",
    "train",
    "BlockSpace",
]
WITHOUT_KERAS = [name for name in NAMES if name != "build_esrn"]
HEAVY = "{'keras', 'tensorflow', 'jax', 'onnxruntime', 'onnx', 'gradio', 'matplotlib'}"


def loaded_after(code: str) -> set[str]:
    """Which heavy libraries a fresh interpreter has loaded after the code."""
    code = f"import sys\n{code}\nprint(*sorted({HEAVY} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_the_public_list_is_the_design_s() -> None:
    assert sorted(sr_app.__all__) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_public_name_is_a_documented_function_or_class(name: str) -> None:
    value = getattr(sr_app, name)
    assert callable(value)
    assert value.__name__ == name
    assert value.__doc__
    assert value.__module__.startswith("sr_app.")


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="'sr_app' has no attribute 'upscal'"):
        sr_app.upscal  # noqa: B018


def test_a_folder_of_the_same_name_does_not_hide_a_function() -> None:
    import sr_app.search.space
    from sr_app import search
    from sr_app.search import pareto

    assert search is sr_app.search and search.__module__ == "sr_app.jobs.search"
    assert pareto.non_dominated and isinstance(sr_app.jobs, type(sys))


def test_dir_shows_every_name_before_it_is_loaded() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import sr_app; print(*dir(sr_app))"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == sorted([*NAMES, "__version__"])


def test_importing_the_package_loads_no_library() -> None:
    assert loaded_after("import sr_app") == set()


def test_every_light_name_stays_light() -> None:
    """Reading, resizing, measuring and upscaling need no Keras; nothing needs the page."""
    assert loaded_after(f"from sr_app import {', '.join(WITHOUT_KERAS)}") == set()
