import subprocess
import sys
from dataclasses import FrozenInstanceError

import pytest

from sr_app.training.schedule import Batches, Schedule


def test_they_are_values():
    assert Schedule(10) == Schedule(10, learning_rate=1e-3) != Schedule(20)
    assert len({Batches(), Batches(16, 48), Batches(16, 24)}) == 2
    with pytest.raises(FrozenInstanceError):
        Schedule(10).steps = 20


def test_they_need_no_keras():
    code = "import sys, sr_app.training.schedule; sys.exit('keras' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
