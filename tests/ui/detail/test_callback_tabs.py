from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester, QTest
from pytestqt.qtbot import QtBot

from inspector.session.records import ForwardRow
from inspector.ui.detail.callback_panel import CallbackPanel
from inspector.ui.detail.content import CallbackDetail
from inspector.ui.detail.headers import HeadersModel, HeadersTab
from inspector.ui.detail.reply import Tone, reply_lines
from inspector.ui.theme import Appearance, Scheme
from tests.ui.detail.detail_factory import START, Story, make_callback, make_payload


def make_panel(appearance: Appearance, qtbot: QtBot, callback: CallbackDetail) -> CallbackPanel:
    panel = CallbackPanel(appearance)
    qtbot.addWidget(panel)
    panel.show_callback(callback)
    return panel


def test_headers_in_order_with_repetitions(qtbot: QtBot) -> None:
    model = HeadersModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.show((("B", "1"), ("a", "2"), ("b", "<i>3</i>")))
    model.show((("B", "1"), ("b", "<i>3</i>")))
    assert [model.line(row) for row in range(model.rowCount())] == ["B: 1", "b: <i>3</i>"]
    tip = model.index(1, 1).data(Qt.ItemDataRole.ToolTipRole)
    assert "<i>" not in tip


def test_headers_can_be_copied(appearance: Appearance, qtbot: QtBot) -> None:
    tab = HeadersTab(appearance)
    qtbot.addWidget(tab)
    tab.show_callback(make_callback(headers=(("A", "1"), ("B", "2"))))
    tab.view.selectRow(1)
    with qtbot.waitSignal(tab.copied):
        QTest.keyClick(tab.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "B: 2"
    with qtbot.waitSignal(tab.copied):
        tab._copy.click()
    assert QGuiApplication.clipboard().text() == "A: 1\nB: 2"


def test_the_reply_and_what_the_application_did() -> None:
    answered = ForwardRow(1, "http://localhost/", START, 12, 500, (("X", "<b>"),), b"boom\n", None)
    silent = ForwardRow(1, "http://localhost/", START, 5000, None, (), b"", "Connection refused")
    reply = {"status": 503, "headers": [["Retry-After", "5"]], "body": "later"}
    lines = reply_lines(CallbackDetail(make_callback(reply=reply), [answered, silent]))
    texts = [line.text for line in lines]
    assert texts[:3] == ["Reply to the sender", "503 Service Unavailable", "Retry-After: 5"]
    assert "500 Internal Server Error" in texts
    assert "X: <b>" in texts
    assert "boom" in texts
    assert "No answer: Connection refused" in texts
    assert lines[1].tone is Tone.BAD


def test_an_imported_reply_may_be_anything() -> None:
    lines = reply_lines(CallbackDetail(make_callback(reply={"status": 999}), []))
    assert lines[1].text == "999"
    assert reply_lines(CallbackDetail(make_callback(reply={}), []))[1].text == "no answer"


def test_forwards_that_come_later_are_shown(story: Story, appearance: Appearance, qtbot: QtBot) -> None:
    seq = story.tell(make_payload())
    panel = make_panel(appearance, qtbot, story.callback(seq))
    assert "Forwarded" not in panel.reply.view.toPlainText()
    story.forward(seq, body=b"<b>x</b>")
    panel.show_callback(story.callback(seq))
    text = panel.reply.view.toPlainText()
    assert "Forwarded to http://localhost:3000/hook" in text
    assert "<b>x</b>" in text
    appearance.use(Scheme.DARK)
    assert panel.reply.view.toPlainText() == text
    appearance.use(Scheme.LIGHT)


def test_body_and_curl_line_can_be_copied(story: Story, appearance: Appearance, qtbot: QtBot) -> None:
    seq = story.tell(body=b'{"a": "\xc3\xa9"}')
    panel = make_panel(appearance, qtbot, story.callback(seq))
    with qtbot.waitSignal(panel.copied) as copied:
        panel._copy_body.click()
    assert copied.args == ["Body"]
    assert QGuiApplication.clipboard().text() == '{"a": "é"}'
    panel._copy_as.menu().actions()[0].trigger()
    assert QGuiApplication.clipboard().text().startswith("curl -X POST http://127.0.0.1:9797/rest")


def test_raw_is_exact_and_can_be_laid_out(story: Story, appearance: Appearance, qtbot: QtBot) -> None:
    seq = story.tell(body=b'{"a":1.0}\xff')
    panel = make_panel(appearance, qtbot, story.callback(seq))
    panel.tabs.setCurrentWidget(panel.raw)
    assert panel.raw.body.view.toPlainText() == '{"a":1.0}\\xff'
    assert "1 byte is not UTF-8" in panel.raw._note.text()
    assert panel.raw.pretty.isHidden()
    panel.show_callback(story.callback(story.tell(body=b'{"a":1.0}')))
    panel.raw.pretty.setChecked(True)
    assert panel.raw.body.view.toPlainText() == '{\n  "a": 1.0\n}'


def test_a_long_body_is_shown_in_full_when_asked(appearance: Appearance, qtbot: QtBot) -> None:
    body = b"x" * 100_000
    panel = make_panel(appearance, qtbot, CallbackDetail(make_callback(body=body, dialect="unknown"), []))
    panel.tabs.setCurrentWidget(panel.raw)
    assert panel.raw.body._note.text() == "The first 60,000 of 100,000 characters."
    panel.raw.body._all.click()
    assert len(panel.raw.body.view.toPlainText()) == 100_000


def test_nul_bytes_and_lone_surrogates_do_no_harm(story: Story, appearance: Appearance, qtbot: QtBot) -> None:
    seq = story.tell(body=b'{"id":"\\ud800\\u0000","\\udfff":"a\\u202eb"}')
    panel = make_panel(appearance, qtbot, story.callback(seq))
    panel.resize(480, 400)
    panel.grab()
    model = panel.payload.tree.model()
    assert model.index(0, 1).data() == '"�␀"'
    assert model.index(1, 1).data() == '"a�b"'


def test_a_tab_is_filled_when_it_is_seen(story: Story, appearance: Appearance, qtbot: QtBot) -> None:
    panel = make_panel(appearance, qtbot, story.callback(story.tell(body=b'{"a": 1}')))
    panel.show_callback(story.callback(story.tell(body=b'{"b": 2}')))
    assert panel.raw.body.view.toPlainText() == ""
    panel.tabs.setCurrentWidget(panel.raw)
    assert panel.raw.body.view.toPlainText() == '{"b": 2}'
    panel.tabs.setCurrentWidget(panel.headers)
    assert panel.headers.view.model().rowCount() == 5
    panel.tabs.setCurrentWidget(panel.payload)
    assert panel.payload.tree.model().index(0, 0).data() == "b"
