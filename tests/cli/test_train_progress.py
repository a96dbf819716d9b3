from sr_app.cli.train_progress import TrainingBar


def test_the_bar_counts_steps_across_epochs(capsys):
    bar = TrainingBar(20, 10)
    bar.on_train_begin()
    bar.on_epoch_begin(1)
    bar.on_train_batch_end(4, {"loss": 0.25})
    assert bar.bar.tasks[0].completed == 15
    assert "0.25" in bar.bar.tasks[0].description
    bar.on_epoch_end(1, {"val_psnr": 31.234})
    bar.on_train_end()
    assert "step 20: PSNR 31.23 dB" in capsys.readouterr().err
