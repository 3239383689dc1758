import gc
import sys
from collections.abc import Iterator

import pytest

from inspector.runtime.memory import hasten, settle


@pytest.fixture(autouse=True)
def collector() -> Iterator[None]:
    """Leaves the collector and the turns of threads as they were."""
    threshold, was_enabled, turn = gc.get_threshold(), gc.isenabled(), sys.getswitchinterval()
    yield
    sys.setswitchinterval(turn)
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


def test_a_thread_that_computes_lets_the_loop_go_on_soon() -> None:
    settle()
    assert sys.getswitchinterval() <= 0.002
