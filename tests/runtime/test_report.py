"""The report of what went wrong."""

from pathlib import Path

import pytest

from inspector import __version__
from inspector.runtime.report import report


def test_it_names_the_versions_and_the_ends_of_the_logs(tmp_path: Path) -> None:
    (tmp_path / "inspector.log").write_bytes(b"first\n" + b"x" * 20_000 + b"\nlast \xff")
    text = report(tmp_path)
    assert f"Callback Inspector {__version__}" in text
    assert "last \ufffd" in text
    assert "first" not in text
    assert "crash.log" not in text


def test_without_logs_it_names_the_versions(tmp_path: Path) -> None:
    assert "PySide6-Essentials" in report(tmp_path / "nowhere")


def test_it_does_not_name_the_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "home", lambda: Path("/home/somebody"))
    (tmp_path / "crash.log").write_text('File "/home/somebody/x.py"')
    assert 'File "~/x.py"' in report(tmp_path)
