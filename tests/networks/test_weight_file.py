import subprocess
import sys

import keras
import pytest

from sr_app.networks.esrn import build_esrn
from sr_app.networks.genotype import Genotype
from sr_app.networks.weight_file import stored_bytes, write_variables

LIMITED = """
import resource, sys
from pathlib import Path
from sr_app.networks.esrn import build_esrn
from sr_app.networks.genotype import Genotype
from sr_app.training.checkpoints import save_weights

network = build_esrn(Genotype.parse("P_2_8_8", width=8), 2)
resource.setrlimit(resource.RLIMIT_FSIZE, (20000, 20000))
try:
    save_weights(network, Path(sys.argv[1]))
except OSError as error:
    print(error.filename, error.strerror)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no limit of a file's size there")
def test_a_disk_that_takes_no_more_is_told_and_leaves_nothing(tmp_path):
    path = tmp_path / "last.weights.h5"
    command = [sys.executable, "-c", LIMITED, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, f"{path} File too large\n"), done.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("optimizer", [None, "adam"])
def test_the_room_that_is_asked_for_is_enough(tmp_path, optimizer):
    model = build_esrn(Genotype.parse("P_2_8_8", width=8, conv="rep"), 2)
    if optimizer:
        model.compile(optimizer=keras.optimizers.Adam(1e-3, use_ema=True))
        model.optimizer.build(model.trainable_variables)
    write_variables(model, tmp_path / "a.weights.h5")
    size = (tmp_path / "a.weights.h5").stat().st_size
    assert size <= stored_bytes(model) < 4 * size
