from sr_app.layers.shapes import resized


def test_known_sides_are_changed_and_unknown_ones_stay():
    assert resized((None, 5, None, 3), lambda side: 2 * side) == (None, 10, None, 3)
    assert resized((4, 5, 6, 12), lambda side: side - 1, 3) == (4, 4, 5, 3)
