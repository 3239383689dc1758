import gc
from collections.abc import Iterator

import pytest

from inspector.runtime.memory import hasten, settle


@pytest.fixture(autouse=True)
def collector() -> Iterator[None]:
    """Leaves the collector as it was."""
    threshold, was_enabled = gc.get_threshold(), gc.isenabled()
    yield
    gc.set_threshold(*threshold)
    gc.unfreeze()
    if was_enabled:
        gc.enable()


def test_nothing_is_collected_between_hasting_and_settling() -> None:
    hasten()
    assert not gc.isenabled()
    settle()
    assert gc.isenabled()


def test_what_is_there_when_it_settles_is_never_looked_through() -> None:
    before = gc.get_freeze_count()
    settle()
    assert gc.get_freeze_count() > before
