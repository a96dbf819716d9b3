"""Which body at the time of esrn_l: equal fresh trainings of candidates, and their measured time.

Run it from the top folder: `python benchmarks/studies/bodies/study.py`. Each candidate is trained
alone, from the same seed, with one schedule (`RECIPE`), without inherited weights or a teacher; it
is scored on all pictures of Kodak24 (protocol y) and timed in turns with the reference of the
search. Finished pieces are lines of `lines.jsonl`; `--report` writes README.md from them. Trainings
lie in `--runs` and resume after a kill.
"""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from equal_trainings import Candidate, Setting, repeated  # noqa: E402

TEXT = """# Bodies

Which body at the time of `esrn_l`: equal fresh trainings of candidates, and their measured
time. Quality is the mean PSNR on Kodak24 (y) of the seeds in brackets after 3,000 steps of 8
crops of 48 x 48 (one cosine, bfloat16 in the layers, weights in float32, moving average); time
is that of the exported graph on one core at 192 x 192, relative to `esrn_l`'s body;
the radius is that of plain chains. All have re-parameterised convolutions and the anchor tail,
which adds the nearest-neighbour enlargement. "P 4 x 4" is four plain blocks of four
convolutions. [Bodies for photos that are not clean](real_photos.md) have a study of their own.

{table}

## What was found

- One seed each so far, and what was not trained is null: differences of a few hundredths are no
  order.
- The dense skeleton (features twice, all blocks fused) came 0.08 dB above the plain one with
  ReLU.
- SiLU needs large features. With the usual initial weights four such bodies (plain, of three or
  four convolutions a block, SPAN's product, an unshuffled front) ended between 31.55 and 31.85
  dB: a linear filter gives that, and a training of 6,000 steps stayed there (bicubic 30.83).
  With first features eight times as large, which is built in now, the control came to the
  figure above.
- PReLU costs 1.38 of the time in ONNX Runtime, which does not fuse it.
- An unshuffled front learns much more slowly here, and diverged at a rate of 1e-3 with SiLU.
- `esrn_p_x2` is trained with the shape that is nearest to the first row within `esrn_l`'s time.
"""
RECIPE = """
[data]
description = "102 photographs under free licences, 180 megapixels, JPEG quality 95 down-sampled"
hr = ["data/photos"]

[training]
steps = 3000
epoch = 500
learning_rate = 1e-3
warmup = 100

[validation]
hr = "data/Kodak24"
pictures = 4

[results]
Kodak24 = "data/Kodak24"
"""

PLAIN, SILU = {"skeleton": "plain"}, {"activation": "silu"}
CANDIDATES = [
    Candidate("esrn_l", "P_2_16_16,P_6_48_48,S_3_16_16"),
    Candidate("esrn_l, SiLU", "P_2_16_16,P_6_48_48,S_3_16_16", SILU),
    Candidate("DISP's shape (control)", repeated("P_4_32_32", 4), PLAIN | SILU),
    Candidate("P 4 x 4, ReLU", repeated("P_4_32_32", 4), PLAIN),
    Candidate("P 4 x 4, PReLU", repeated("P_4_32_32", 4), PLAIN | {"activation": "prelu"}),
    Candidate("P 4 x 4, dense skeleton, SiLU", repeated("P_4_32_32", 4), SILU),
    Candidate("P 4 x 4, dense skeleton, ReLU", repeated("P_4_32_32", 4)),
    Candidate("P 3 x 4 and 3, dense skeleton, ReLU", repeated("P_4_32_32", 3) + ",P_3_32_32"),
    Candidate("P 6 x 3, SiLU", repeated("P_3_32_32", 6), PLAIN | SILU),
    Candidate("P 3 x 6, SiLU", repeated("P_6_32_32", 3), PLAIN | SILU),
    Candidate("P 9 x 2, SiLU", repeated("P_2_32_32", 9), PLAIN | SILU),
    Candidate("A 5 x 3 (SPAN's product), SiLU", repeated("A_3_32_32", 5), PLAIN | SILU),
    Candidate("A 5 x 3 (SPAN's product), ReLU", repeated("A_3_32_32", 5), PLAIN),
    Candidate("P 2 x 4, 48 channels, SiLU", repeated("P_4_48_48", 2), PLAIN | SILU | {"width": 48}),
    Candidate("S 4 x 2, SiLU", repeated("S_2_32_32", 4), PLAIN | SILU),
    Candidate("C and P, SiLU", "P_4_32_32,C_2_32_32,P_4_32_32,P_4_32_32", SILU),
    Candidate(
        "unshuffled, P 3 x 4, 80 channels, ReLU",
        repeated("P_4_80_80", 3),
        PLAIN | {"width": 80, "front": "unshuffled"},
    ),
    Candidate(
        "unshuffled, P 3 x 4, 80 channels, dense skeleton, ReLU",
        repeated("P_4_80_80", 3),
        {"width": 80, "front": "unshuffled"},
    ),
    Candidate(
        "unshuffled, P 3 x 4, 80 channels, SiLU",
        repeated("P_4_80_80", 3),
        PLAIN | SILU | {"width": 80, "front": "unshuffled"},
    ),
]
STUDY = Setting(2, RECIPE, CANDIDATES, {"Kodak24": "Kodak24"}, HERE / "lines.jsonl", (192, 192))

if __name__ == "__main__":
    STUDY.main(__doc__, HERE / "README.md", TEXT)
