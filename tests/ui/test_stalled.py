"""What the clock makes of a live session."""

from tests.ui.conftest import Run, StartProgram, texts_in, until


def test_a_message_without_an_outcome_stalls_in_a_live_session(run: Run, started: StartProgram) -> None:
    async def scenario() -> None:
        async with started() as app:
            await app.post(id="waiting", status="sent")
            await app.post(id="done", status="delivered")
            await app.rows(2)
            app.select(0)
            assert "No final status" not in texts_in(app.window.detail)
            await app.type_filter("finding:stalled")
            await app.rows(0)
            app.program.settings.stalled_minutes = 0.00001
            app.program.settings_changed()
            app.window.panel.rows.clock_moved.emit()  # what the timer of five seconds does
            await app.rows(1)
            assert app.window.panel.messages_model.index(0, 6).data() == "stalled, late"
            app.select(0)
            await until(lambda: "No final status" in texts_in(app.window.detail))

    run(scenario())
