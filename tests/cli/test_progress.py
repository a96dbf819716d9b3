from sr_app.cli.progress import progress_bar


def test_a_bar_is_drawn_only_when_there_is_something_to_do(capsys):
    with progress_bar("preparing"):
        pass
    assert "preparing" not in capsys.readouterr().err
    with progress_bar("preparing") as progress:
        progress(1, 2)
    assert "1/2" in capsys.readouterr().err
