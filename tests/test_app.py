"""The end of the program, when it is no orderly one."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

FAILING = """
import sys
from inspector import program

async def fail(self):
    raise {error}

program.Program.run = fail
from inspector.cli import main
sys.exit(main(["--port", "0"]))
"""


@pytest.mark.parametrize("error", ["ZeroDivisionError('division')", "RuntimeError('Event loop is closed')"])
def test_an_unexpected_error_ends_the_program_with_a_line_and_no_traceback(tmp_path: Path, error: str) -> None:
    folders = {f"XDG_{name}_HOME": str(tmp_path / name.lower()) for name in ("CONFIG", "DATA", "STATE", "CACHE")}
    environment = os.environ | folders | {"QT_QPA_PLATFORM": "offscreen", "HOME": str(tmp_path)}
    command = [sys.executable, "-c", FAILING.format(error=error)]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 2
    assert ended.stderr.startswith("inspector: an unexpected error ended the program; it is in ")
    assert len(ended.stderr.splitlines()) == 1
    log = Path(ended.stderr.split(" it is in ")[1].strip())
    assert error.partition("(")[0] in log.read_text()
