"""The command line and its folders, as the tests of the command line have them."""

from tests.cli.conftest import inputs, models, run

__all__ = ["inputs", "models", "run"]
