from pathlib import Path

import pytest

ORDER = ["--status", "--snapshot", "--out", "--stage", "--from-best", "--resume-from", "--at-step"]
TINY = (Path(__file__).parents[1] / "recipes" / "tiny.toml").read_text()


def test_bad_input_exits_with_2(run, tmp_path):
    result = run("train", "nonsense", code=2)
    assert "Expected a recipe file or one of" in result.output
    (tmp_path / "tiny.toml").write_text(TINY)
    result = run(
        "train", tmp_path / "tiny.toml", "--set", "epoch=10", "--runs", tmp_path / "runs", code=2
    )
    assert "Expected the data folder photos" in result.output


def test_a_diverged_training_is_one_line(run, tmp_path, monkeypatch):
    from sr_app.jobs import train as job

    def diverge(*arguments, **options):
        raise FloatingPointError("The loss is nan at step 5")

    monkeypatch.setattr(job, "train", diverge)
    (tmp_path / "tiny.toml").write_text(TINY)
    result = run("train", tmp_path / "tiny.toml", "--runs", tmp_path / "runs", code=1)
    assert result.output == "sr-app: The loss is nan at step 5\n"


def test_the_status_of_a_training_is_a_line_for_each_stage(run, tmp_path):
    folder = tmp_path / "runs" / "esrn_x2" / "first"
    folder.mkdir(parents=True)
    rows = "1000,300.0,0.0312,32.5,0.9\n2000,500.0,0.0298,32.71,0.9\n"
    (folder / "curve.csv").write_text("step,seconds,loss,val_psnr,val_ssim\n" + rows)
    lines = run("train", "esrn_x2", "--status", "--runs", tmp_path / "runs").stdout.splitlines()
    assert lines[0].startswith(
        "first        begun, step 2,000 of 18,000, 53 min left, PSNR 32.71 dB, loss 0.02980"
    )
    assert lines[3].split() == ["mean", "to", "come"] and len(lines) == 4


@pytest.mark.parametrize(
    "options",
    [
        ("--status", "--out", "x"), ("--status", "--stage", "first"),
        ("--snapshot", "x", "--status"), ("--snapshot", "x", "--out", "y"),
        ("--status", "--from-best"), ("--snapshot", "x", "--from-best"),
        ("--snapshot", "x", "--resume-from", "y", "--at-step", "5"),
    ],
)  # fmt: skip
def test_what_trains_nothing_takes_no_options_of_a_training(run, tmp_path, inputs, options):
    result = run("train", "esrn_x2", *options, code=2)
    line = result.output.strip()
    assert line.count("\n") == 0 and line.endswith(
        ", ".join(sorted({*options} & {*ORDER}, key=ORDER.index))
    )
    assert not [path for path in Path().iterdir() if path.name in ("x", "y", "runs")]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ((), "validated weights of the stage in runs/esrn_p_x4/long. Received: none"),
        (("--stage", "long"), "Received: long"),
        (("--resume-from", "x", "--at-step", "500", "--stage", "long"), "Received: both"),
    ],
)
def test_what_is_not_there_is_not_gone_on_from(run, inputs, options, said):
    result = run("train", "esrn_p_x4", "--from-best", *options, code=2)
    assert said in result.output and result.output.count("\n") == 1
    assert not Path("runs").exists()


def test_a_stage_that_is_not_there_is_named_with_those_that_are(run, tmp_path, inputs):
    command = ("train", "esrn_x2", "--set", 'data.hr=["missing"]')
    result = run(*command, "--stage", "last", "--runs", tmp_path / "runs", code=2)
    assert "among first, crops, long, mean. Received: 'last'" in result.output
    assert not (tmp_path / "runs").exists()


@pytest.mark.parametrize("name", ["../escaped", "a/b", ".hidden", ""])
def test_a_name_is_no_path_out_of_the_runs(run, tmp_path, inputs, name):
    Path("tiny.toml").write_text(TINY.replace("tiny_x2", name))
    result = run("train", "tiny.toml", "--runs", tmp_path / "in" / "runs", code=2)
    assert "a name without /" in result.output
    assert not (tmp_path / "in").exists()


def test_a_refused_command_leaves_nothing_and_the_right_one_is_not_blocked(run, tmp_path, inputs):
    Path("tiny.toml").write_text(TINY)
    for wrong in ("hr=nowhere", "epoch=7", "patch=4", "batch=0"):
        run("train", "tiny.toml", "--set", f"data.{wrong}" if "hr" in wrong else wrong, code=2)
        assert not Path("runs").exists()
    run("train", "tiny.toml", "--set", "epoch=10", "--out", "photo.jpg", code=2)
    assert not Path("runs").exists()
