"""Notifications in the running program: when they come, what a click does, and the dialog."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QIcon, QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialogButtonBox
from pytestqt.qtbot import QtBot

from inspector.program import Start
from inspector.ui.session_panel import CALLBACKS, MESSAGES
from inspector.ui.workbench.notifications_dialog import NotificationsDialog
from inspector.ui.workbench.tray import Notifier, TrayNotifier, badged
from inspector.workbench.notify import NotifyTool
from tests.factories import STARTED, make_callback, make_session, stamp
from tests.ui.conftest import Driver, Run, StartProgram, texts_in, until


class Desk:
    """A desktop that notes down what it is to show."""

    def __init__(self) -> None:
        self.shown: list[tuple[str, str]] = []
        self.badge = 0
        self.wanted = False
        self.available = True
        self.on_clicked: Callable[[], None] = lambda: None

    def notify(self, title: str, text: str) -> None:
        self.shown.append((title, text))

    def show_badge(self, number: int) -> None:
        self.badge = number

    def set_wanted(self, *, wanted: bool) -> None:
        self.wanted = wanted


def tool_of(app: Driver, desk: Notifier, *, in_front: bool = False) -> NotifyTool:
    """The tool, showing its notices at `desk`, at once and without a pause."""
    assert app.program.bench is not None
    tool = next(one for one in app.program.bench.tools if isinstance(one, NotifyTool))
    tool.in_front = lambda: in_front
    tool._soon.setInterval(0)
    tool._rest.setInterval(0)
    tool.use(desk)
    return tool


def test_a_failure_is_told_and_a_click_leads_to_it(run: Run, started: StartProgram) -> None:
    async def scenario() -> None:
        async with started() as app:
            desk = Desk()
            app.program.settings.notify_failed = True
            tool_of(app, desk)
            assert desk.wanted
            await app.post(id="a", status="sent")
            await app.post(id="b", status="failed", error_code="30003", to="+15550009876")
            await until(lambda: desk.shown)
            assert desk.shown == [("1 message failed", "To …9876, failed, error 30003, Handset cannot be reached")]
            assert desk.badge == 1
            app.window.panel.show_view(CALLBACKS)
            desk.on_clicked()
            assert app.window.panel.filter.edit.text() == "id:b"
            assert app.window.panel.view == MESSAGES
            assert desk.badge == 0
            await app.rows(1)

    run(scenario())


def test_what_comes_within_a_pause_is_summed_up(run: Run, started: StartProgram) -> None:
    async def scenario() -> None:
        async with started() as app:
            desk = Desk()
            app.program.settings.notify_failed = app.program.settings.notify_invalid = True
            tool = tool_of(app, desk)
            tool._rest.setInterval(3_600_000)
            await app.post(id="a", status="failed")
            await until(lambda: desk.shown)
            for number in range(3):
                await app.post(id=str(number), status="failed", timestamp=stamp(number))
            await app.post(body=b"{")
            await app.rows(4)
            assert len(desk.shown) == 1  # an hour has not gone by
            tool._on_rested()
            assert desk.shown[1][0] == "3 messages failed"
            assert desk.shown[1][1].startswith("1 invalid callback\n")
            assert desk.badge == 5

    run(scenario())


def test_nothing_is_told_while_the_window_is_in_front_or_nothing_is_wished(run: Run, started: StartProgram) -> None:
    async def scenario() -> None:
        async with started() as app:
            desk = Desk()
            tool = tool_of(app, desk)
            await app.post(id="a", status="failed")
            assert not desk.wanted
            app.program.settings.notify_failed = True
            tool = tool_of(app, desk, in_front=True)
            await app.post(id="b", status="failed")
            await app.rows(2)
            assert (tool._events, tool._soon.isActive(), desk.shown) == ([], False, [])

    run(scenario())


def test_a_filter_is_a_rule_too(run: Run, started: StartProgram) -> None:
    async def scenario() -> None:
        async with started() as app:
            desk = Desk()
            app.program.settings.notify_filter = "took:>=5s,<1s"
            tool_of(app, desk)
            await app.post(id="a", timestamp=stamp(), to="+15550001234")
            await app.post(id="a", status="delivered", timestamp=stamp(5), to="+15550001234")
            await until(lambda: desk.shown)
            assert desk.shown == [("1 match of your filter", "To …1234, delivered")]
            desk.on_clicked()
            assert app.window.panel.filter.edit.text() == "took:>=5s,<1s"
            app.program.settings.notify_filter = "problem:json"
            tool_of(app, desk)
            await app.post(body=b"{")
            await until(lambda: len(desk.shown) == 2)
            desk.on_clicked()
            assert app.window.panel.view == CALLBACKS

    run(scenario())


def test_a_message_that_stalls_is_told_once(run: Run, started: StartProgram, tmp_path: Path) -> None:
    path = make_session(tmp_path / "a.inspector", [make_callback(id="old", status="sent", received=STARTED)])

    async def scenario() -> None:
        async with started(Start(session=path, port=0)) as app:
            desk = Desk()
            app.program.settings.notify_stalled = True
            tool = tool_of(app, desk)
            await app.post(id="a", status="sent")
            await app.post(id="b", status="delivered")
            await app.rows(3)
            app.program.settings.stalled_minutes = 0.00001
            app.program.settings_changed()
            tool.look_for_stalled()
            await until(lambda: desk.shown)
            tool.look_for_stalled()
            await until(lambda: not tool._looking)
            assert [title for title, _ in desk.shown] == ["1 message stalled"]  # the old one did so long ago
            desk.on_clicked()
            assert app.window.panel.filter.edit.text() == "id:a"

    run(scenario())


def test_the_dialog_sets_the_rules(run: Run, started: StartProgram) -> None:
    async def scenario() -> None:
        async with started() as app:
            desk = Desk()
            desk.available = False
            tool_of(app, desk)
            app.trigger("notifications")
            dialog = await app.dialog(NotificationsDialog)
            assert "no notification area" in texts_in(dialog)
            ok = dialog.findChild(QDialogButtonBox).button(QDialogButtonBox.StandardButton.Ok)
            dialog.filter.setText("status:sennt")
            assert not ok.isEnabled()
            assert "sennt" in texts_in(dialog)
            dialog.filter.setText("status:sent")
            assert ok.isEnabled()
            QTest.keyClick(dialog.failed, Qt.Key.Key_Space)
            dialog.codes.setText(" 30003, 30007 ")
            dialog._try.click()
            assert len(desk.shown) == 1
            ok.click()
            await app.gone(dialog)
            await until(lambda: app.program.settings.notify_failed)
            settings = app.program._settings_file.load()
            assert (settings.notify_failed, settings.notify_stalled, settings.notify_invalid) == (True, False, False)
            assert (settings.notify_codes, settings.notify_filter) == ("30003, 30007", "status:sent")
            assert desk.wanted

    run(scenario())


def test_without_a_tray_nothing_breaks(qtbot: QtBot) -> None:
    """As under the offscreen platform, which has none."""
    from PySide6.QtWidgets import QMainWindow

    window = QMainWindow()
    qtbot.addWidget(window)
    notifier = TrayNotifier(window)
    assert not notifier.available
    notifier.set_wanted(wanted=True)
    notifier.notify("1 message failed", "")
    notifier.show_badge(3)
    notifier.set_wanted(wanted=False)


def test_the_badge_has_the_number(qtbot: QtBot) -> None:
    picture = QPixmap(64, 64)
    picture.fill(Qt.GlobalColor.blue)
    icon = QIcon(picture)
    assert badged(icon, 0) is icon
    images = [badged(icon, number).pixmap(64).toImage() for number in (1, 2, 100, 5000)]
    assert images[0] != images[1]
    assert images[2] == images[3]  # 99+
    assert images[0].pixelColor(5, 5) == Qt.GlobalColor.blue
