"""The command line and its folders, as the tests of the command line have them."""

from tests.cli.conftest import cards, inputs, models, run, twins

__all__ = ["cards", "inputs", "models", "run", "twins"]
