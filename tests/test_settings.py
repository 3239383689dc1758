"""The settings file."""

from pathlib import Path

import pytest

from inspector.settings import Settings, SettingsFile


def test_settings_come_back_as_saved(tmp_path: Path) -> None:
    file = SettingsFile(tmp_path / "config")
    settings = file.load()
    settings.scheme, settings.port = "dark", 9000
    settings.remember(tmp_path / "a.inspector")
    settings.remember(tmp_path / "b.inspector")
    settings.remember(tmp_path / "a.inspector")
    file.save(settings)
    again = file.load()
    assert (again.scheme, again.port) == ("dark", 9000)
    assert [Path(one).name for one in again.recent] == ["a.inspector", "b.inspector"]


def test_a_damaged_file_is_set_aside(tmp_path: Path) -> None:
    (tmp_path / "settings.json").write_text("{nonsense")
    assert SettingsFile(tmp_path).load() == Settings()
    assert (tmp_path / "settings.damaged.json").read_text() == "{nonsense"


def test_unknown_settings_of_a_newer_version_are_kept(tmp_path: Path) -> None:
    (tmp_path / "settings.json").write_text('{"from_the_future": 1}')
    file = SettingsFile(tmp_path)
    file.save(file.load())
    assert "from_the_future" in (tmp_path / "settings.json").read_text()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("port", 70_000),
        ("port", True),
        ("port", "9797"),
        ("scheme", "blue"),
        ("stalled_minutes", 0),
        ("stalled_minutes", float("nan")),
        ("durable", 1),
        ("recent", "a"),
        ("recent", [1]),
        ("detail_sizes", {"tall": ["1"]}),
        ("largest_body_kib", 0),
    ],
)
def test_a_wrong_value_is_refused(name: str, value: object) -> None:
    settings = Settings()
    with pytest.raises(ValueError, match=name):
        setattr(settings, name, value)
    assert settings == Settings()


@pytest.mark.parametrize("text", ["[]", '"a"', "{nonsense", "[" * 100_000])
def test_settings_that_are_none_are_set_aside(tmp_path: Path, text: str) -> None:
    (tmp_path / "settings.json").write_text(text)
    file = SettingsFile(tmp_path)
    assert file.load() == Settings()
    assert "settings.damaged.json" in file.problem
    assert (tmp_path / "settings.damaged.json").read_text() == text


def test_a_setting_that_is_wrong_costs_no_other(tmp_path: Path) -> None:
    text = '{"port": 70000, "recent": [null], "scheme": "dark", "from_the_future": 1}'
    (tmp_path / "settings.json").write_text(text)
    file = SettingsFile(tmp_path)
    settings = file.load()
    assert settings == Settings(scheme="dark", unknown={"from_the_future": 1})
    assert "port, recent" in file.problem
    assert (tmp_path / "settings.damaged.json").read_text() == text


def test_a_folder_that_cannot_be_written_costs_only_the_settings(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    SettingsFile(tmp_path / "file").save(Settings())
    assert (tmp_path / "file").read_text() == ""
