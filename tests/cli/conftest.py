"""What the tests of the command line share: folders of their own, and callbacks to send."""

from pathlib import Path

import pytest

from tests.cli.program import environment


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that the user's folders are in, so that nothing is written into the real ones."""
    folder = tmp_path / "home"
    folder.mkdir()
    for name, value in environment(folder).items():
        monkeypatch.setenv(name, value)
    return folder
