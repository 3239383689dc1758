"""Settings that cannot be so: told in the window, and kept."""

from inspector.runtime.folders import Folders
from tests.ui.conftest import Run, StartProgram, texts_in, until


def test_the_window_tells_which_settings_are_the_defaults_again(
    run: Run, started: StartProgram, folders: Folders
) -> None:
    folders.settings.mkdir(parents=True)
    (folders.settings / "settings.json").write_text('{"keep_days": "many", "scheme": "dark"}')

    async def scenario() -> None:
        async with started() as app:
            await until(lambda: "keep_days" in texts_in(app.window.status))
            assert app.program.settings.scheme == "dark"
        assert "many" in (folders.settings / "settings.damaged.json").read_text()

    run(scenario())
