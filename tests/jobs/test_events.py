from dataclasses import FrozenInstanceError

import pytest

from sr_app.jobs.events import CurvePoint, Finished, Note, Progress, counter, silent


def test_a_counter_speaks_of_one_thing():
    heard = []
    count = counter(heard.append, "preparing pictures")
    count(0, 3)
    count(2, 3)
    assert heard == [Progress("preparing pictures", 0, 3), Progress("preparing pictures", 2, 3)]


@pytest.mark.parametrize(
    "event", [Progress("steps", 1, 2), Note("x"), CurvePoint(5, {"loss": 1.0}), Finished(None)]
)
def test_events_are_values_and_nobody_has_to_listen(event):
    assert silent(event) is None
    name = next(iter(vars(event)))
    with pytest.raises(FrozenInstanceError):
        setattr(event, name, None)
