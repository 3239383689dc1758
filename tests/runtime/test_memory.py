import gc
import platform
import subprocess
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


LARGE_BLOCK_IN_HEAP = """
from pathlib import Path
from inspector.runtime.memory import give_large_blocks_back
if {told}:
    give_large_blocks_back()
bytes(16 << 20)  # freed at once, after which the C library would put all that is smaller into the heap
body = bytes(512 << 10)
heap = next(line for line in Path("/proc/self/maps").read_text().splitlines() if "[heap]" in line)
first, last = (int(one, 16) for one in heap.split()[0].split("-"))
print(first <= id(body) < last)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only the GNU C library is told")
@pytest.mark.parametrize(("told", "in_heap"), [(False, "True"), (True, "False")])
def test_large_blocks_do_not_stay_in_the_heap(told: bool, in_heap: str) -> None:
    code = LARGE_BLOCK_IN_HEAP.format(told=told)
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert answer.stdout.strip() == in_heap
