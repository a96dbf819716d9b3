from sr_app.jobs.events import CurvePoint, Progress
from sr_app.jobs.train_progress import ReportSteps


def test_steps_are_counted_across_epochs():
    heard = []
    callback = ReportSteps(heard.append, 20, 10)
    callback.on_epoch_begin(1)
    callback.on_train_batch_end(4, {"loss": 0.25})
    callback.on_epoch_end(1, {"val_psnr": 31.234, "loss": 0.2})
    callback.on_train_batch_end(0, {"loss": 0.125})
    assert heard == [
        Progress("training", 15, 20, "loss 0.25000"),
        CurvePoint(20, {"val_psnr": 31.234, "loss": 0.2}),
        Progress("training", 11, 20, "loss 0.12500  PSNR 31.23 dB"),
    ]
