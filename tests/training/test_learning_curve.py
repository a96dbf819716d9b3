from sr_app.training.curve import read_curve
from sr_app.training.learning_curve import LearningCurve


def test_a_resumed_curve_goes_on_without_repeats(tmp_path):
    first = LearningCurve(tmp_path, steps=10)
    for epoch in range(3):
        first.on_epoch_end(epoch, {"loss": 0.5, "val_psnr": 30.0 + epoch})
    spent = read_curve(tmp_path)[1]["seconds"]
    second = LearningCurve(tmp_path, steps=10, done=20)  # the third epoch was not saved
    assert [row["step"] for row in read_curve(tmp_path)] == [10, 20]
    second.on_epoch_end(2, {"loss": 0.4})
    rows = read_curve(tmp_path)
    assert [row["step"] for row in rows] == [10, 20, 30]
    assert rows[-1]["seconds"] >= spent
    assert rows[-1]["val_psnr"] is None and rows[-1]["loss"] == 0.4


def test_a_line_that_was_cut_off_is_left_out(tmp_path):
    first = LearningCurve(tmp_path, steps=10)
    first.on_epoch_end(0, {"loss": 0.5})
    path = tmp_path / "curve.csv"
    path.write_text(path.read_text() + "2")  # of 20,...
    assert [row["step"] for row in read_curve(tmp_path)] == [10]
    LearningCurve(tmp_path, steps=10, done=10).on_epoch_end(1, {"loss": 0.4})
    assert [row["step"] for row in read_curve(tmp_path)] == [10, 20]
