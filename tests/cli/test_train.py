from pathlib import Path

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
