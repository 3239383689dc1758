import sys
from pathlib import Path

import pytest

from inspector.runtime import resources


def test_a_source_checkout_has_them_beside_the_package() -> None:
    path = resources.resource_path("icon.svg")
    assert path == Path(__file__).parents[2] / "resources" / "icon.svg"
    assert "<svg" in resources.read_text("icon.svg")


def test_an_installed_wheel_has_them_inside_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "site-packages" / "inspector"
    _write(package / "resources" / "note.txt", "in the wheel")
    _write(package.parent / "resources" / "note.txt", "somebody else's")
    monkeypatch.setattr(resources, "_PACKAGE", package)
    assert resources.read_text("note.txt") == "in the wheel"


def test_a_packaged_program_has_them_in_its_bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _write(tmp_path / "resources" / "icon.svg", "in the bundle")
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    assert resources.read_text("icon.svg") == "in the bundle"


def test_text_is_utf8_whatever_the_locale(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _write(tmp_path / "resources" / "note.txt", "“déjà”")
    monkeypatch.setattr(resources, "_PACKAGE", tmp_path)
    assert resources.read_text("note.txt") == "“déjà”"


def test_a_missing_file_is_named_in_plain_words() -> None:
    with pytest.raises(FileNotFoundError, match=r"missing: no-such\.txt"):
        resources.resource_path("no-such.txt")


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
