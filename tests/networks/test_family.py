from __future__ import annotations

import pytest

from sr_app.networks.family import check_integer, check_keys
from sr_app.networks.imported import ImportedFamily, ImportedGraph


@pytest.mark.parametrize("value", [True, 4.0, "4", None, 3, 9])
def test_what_is_no_whole_number_of_the_range_is_named(value):
    with pytest.raises(ValueError, match=f"width as an integer from 4 to 8. Received: {value!r}"):
        check_integer(value, "width", 4, 8)
    assert check_integer(4, "width", 4, 8) == 4


def test_unknown_keys_are_named():
    assert check_keys({"a": 1}, ("a", "b"), "a thing") == {"a": 1}
    with pytest.raises(ValueError, match="a thing with the keys a, b. Received: c"):
        check_keys({"a": 1, "c": 2}, ("a", "b"), "a thing")


def test_a_family_names_no_features_and_folds_nothing_unless_it_says_so():
    family, network = ImportedFamily(), ImportedGraph()
    assert family.taps(None) is None and family.folded(network) is network
    assert family.cost(network, 2) is None
