"""Who owns what is opened now."""

import pytest

from CanLibrary.sessions.ownership import Ownership
from CanLibrary.sessions.registry import Owner
from CanLibrary.types import AutoClose


def test_outside_of_a_run_nobody_owns():
    assert Ownership().owner == Ownership().suite_owner == Owner("", "")


@pytest.mark.parametrize(
    ("auto_close", "test", "owner"),
    [
        (AutoClose.TEST, "Test", Owner("Top.Suite", "Test")),
        (AutoClose.TEST, "", Owner("Top.Suite")),
        (AutoClose.SUITE, "Test", Owner("Top.Suite")),
        (AutoClose.MANUAL, "Test", Owner("Top.Suite")),
    ],
)
def test_the_running_test_or_its_suite(auto_close, test, owner):
    ownership = Ownership(auto_close)
    ownership.suites += ["Top", "Top.Suite"]
    ownership.test = test
    assert ownership.owner == owner
    assert ownership.suite_owner == Owner("Top.Suite")
