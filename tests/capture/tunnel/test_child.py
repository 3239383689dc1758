"""A child process: its lines, and the environment that it gets."""

import sys
from pathlib import Path

import pytest

from inspector.capture.tunnel.child import Child, environment
from tests.capture.tunnel.stand_ins import StandIn, runs

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stand-ins are scripts")


@pytest.mark.parametrize(
    ("ours", "frozen", "theirs"),
    [
        ({"A": "1", "LD_LIBRARY_PATH": "/own"}, False, {"A": "1", "LD_LIBRARY_PATH": "/own"}),
        ({"A": "1", "LD_LIBRARY_PATH": "/own"}, True, {"A": "1"}),
        ({"LD_LIBRARY_PATH": "/own", "LD_LIBRARY_PATH_ORIG": "/before"}, True, {"LD_LIBRARY_PATH": "/before"}),
        ({}, True, {}),
    ],
)
def test_a_packaged_program_keeps_its_libraries_to_itself(
    ours: dict[str, str], frozen: bool, theirs: dict[str, str]
) -> None:
    assert environment(ours, frozen=frozen) == theirs


async def test_lines_of_any_kind(tmp_path: Path) -> None:
    long = "x" * 200_000
    program = StandIn(tmp_path, "talker", ("one", "", long, "last"), code=3)
    child = await Child.start([str(program.path)])
    lines = []
    while (line := await child.line()) is not None:
        lines.append(line)
    assert await child.wait() == 3
    await child.end()
    assert (lines[0], lines[1], lines[-1]) == ("one", "", "last")
    assert "".join(lines[2:-1]) == long


async def test_an_end_by_request_and_then_by_force(tmp_path: Path) -> None:
    codes = []
    for stubborn in (False, True):
        program = StandIn(tmp_path, f"stubborn{stubborn}", ("begun",), stubborn=stubborn)
        child = await Child.start([str(program.path)])
        assert await child.line() == "begun"
        assert program.pid == child.pid
        await child.end()
        codes.append(await child.wait())
        assert not runs(child.pid)
    assert codes == [-15, -9]


async def test_the_program_gets_the_rest_of_its_line_out(tmp_path: Path) -> None:
    program = tmp_path / "mutterer"
    program.write_text(f"#!{sys.executable}\nprint('no end of line', end='')\n")
    program.chmod(0o755)
    child = await Child.start([str(program)])
    assert [await child.line(), await child.line()] == ["no end of line", None]
    await child.end()
