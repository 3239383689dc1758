"""Sessions of every released version in the window: every page is shown with them, and nothing is written."""

import asyncio
import gzip
from pathlib import Path

import pytest

from inspector.app import Start
from inspector.ui.session_panel import CALLBACKS, MESSAGES
from inspector.ui.theme import Scheme
from tests.session.test_released import RELEASED
from tests.ui.conftest import Run, StartProgram, until


@pytest.fixture(params=RELEASED, ids=lambda path: path.name.removesuffix(".inspector.gz"))
def released(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / "old" / "released.inspector"
    path.parent.mkdir()
    path.write_bytes(gzip.decompress(request.param.read_bytes()))
    return path


def test_every_page_is_shown_with_it_and_nothing_is_written(run: Run, started: StartProgram, released: Path) -> None:
    before = released.read_bytes()

    async def scenario() -> None:
        async with started(Start(released, listen=False), listening=False) as app:
            window, panel = app.window, app.window.panel
            await until(panel.messages_model.rowCount)
            assert window.side.tabs.count() > 5
            for view, model in ((MESSAGES, panel.messages_model), (CALLBACKS, panel.callbacks_model)):
                panel.show_view(view)
                await until(model.rowCount)
                await until(lambda: not panel.rows.busy)
                for page in range(window.side.tabs.count()):
                    window.side.show_page(page)
                    for row in model.ids[:5]:
                        assert panel.table.select_id(row)
                        window.repaint()
                        await asyncio.sleep(0.01)
            for text in ("has:note", "mark:red", "finding:duplicate", "is:unassigned", "took:>1s", ""):
                await app.type_filter(text)
            for scheme in (Scheme.DARK, Scheme.LIGHT):
                window.appearance.use(scheme)
                window.repaint()
            assert app.program.listening_url is None

    run(scenario())
    assert released.read_bytes() == before
    assert [one.name for one in released.parent.iterdir()] == ["released.inspector"]
