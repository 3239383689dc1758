"""What strangers send is text: nothing in the window renders it, and what would hide in it is made visible."""

import asyncio
import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, QModelIndex, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QGraphicsView,
    QLabel,
    QMessageBox,
    QTextEdit,
    QWidget,
)

import inspector
from inspector.errands import open_documentation
from inspector.ui.texts import one_line
from tests.factories import make_payload
from tests.ui.conftest import Driver, Run, StartProgram, until

HTML = "<img src=x onerror=alert(1)><b>bold</b><a href='https://evil.example'>click</a>&amp;"
PAGES = ["show_address", "show_replies", "show_simulate", "show_signalwire", "insight"]
"""The entries of the Tools menu that show a page."""
DIALOGS = [
    "preferences",
    "signing_key",
    "shortcuts",
    "filter_help",
    "about",
    "notifications",
    "change_address",
    "note",
    "report",
    "compare",
    "send_again",
    "edit_and_send",
    "export_all",
]


def model_texts(model: QAbstractItemModel, parent: QModelIndex | None = None, depth: int = 0) -> Iterator[str]:
    """What the first cells of a model give as tooltips."""
    parent = QModelIndex() if parent is None else parent
    for row in range(min(model.rowCount(parent), 30)):
        # A list's model hides its one column.
        columns = 1 if isinstance(model, QAbstractListModel) else model.columnCount(parent)
        for column in range(columns):
            index = model.index(row, column, parent)
            yield str(index.data(Qt.ItemDataRole.ToolTipRole) or "")
        if depth < 5 and not isinstance(model, QAbstractListModel):
            yield from model_texts(model, model.index(row, 0, parent), depth + 1)


def check(root: QWidget) -> int:
    """Everything below a widget shows text as it is; returns how many labels there are."""
    widgets = [root, *root.findChildren(QWidget)]
    labels = [one for one in widgets if isinstance(one, QLabel)]
    # Forms make their own labels of the names that this program gives to fields. The text of a message box is below.
    loose = [
        (one.text(), one.objectName(), type(one.parent()).__name__)
        for one in labels
        if one.textFormat() is not Qt.TextFormat.PlainText and one.pixmap().isNull() and one.text()
        if one.buddy() is None and not isinstance(one.window(), QMessageBox)
    ]
    assert loose == []
    assert [one.text() for one in labels if one.buddy() is not None and "<" in one.text()] == []
    for one in widgets:
        assert type(one).__name__ not in ("QTextBrowser", "QWebEngineView"), one
        assert not isinstance(one, QTextEdit | QGraphicsView), one
        assert not isinstance(one, QMessageBox) or one.textFormat() is Qt.TextFormat.PlainText
        for text in (one.toolTip(), one.statusTip(), one.whatsThis(), *(action.toolTip() for action in one.actions())):
            assert "<img" not in text, (one, text)
            assert "<a " not in text
            assert "<b>" not in text.removeprefix("<qt>") or "bold" not in text
        if isinstance(one, QAbstractItemView) and one.model() is not None:
            for text in model_texts(one.model()):
                assert "<img" not in text, one
                assert "<a " not in text
    return len(labels)


def hostile() -> dict[str, object]:
    fields = ("id", "project_id", "to", "from", "body", "error_code", "error_message")
    changes: dict[str, object] = {field: f"{field} {HTML}" for field in fields}
    changes["custom_variables"] = {HTML: HTML}
    return make_payload(**changes, status="failed") | {HTML: HTML, "more": [HTML, {HTML: None}]}


def windows() -> set[QWidget]:
    """What is seen on the screen, each window for itself."""
    return {one for one in QApplication.topLevelWidgets() if one.isVisible()}


async def until_shown(app: Driver, row: int) -> None:
    """Wait until the details show a message."""
    await until(lambda: app.window.detail.view.message_row == row)


async def fill(app: Driver) -> None:
    """Post HTML in every field, header, query and rule of a form and a JSON callback."""
    headers = {"Content-Type": "application/json", "X-Html": HTML, "User-Agent": HTML}
    path = f"{app.url}/<b>x</b>?{HTML}"
    async with app.client.post(path, data=json.dumps(hostile()).encode(), headers=headers) as response:
        assert response.status == 200
    form = dict.fromkeys(("MessageSid", "To", "From", "Body", "ErrorCode", "ErrorMessage", "AccountSid", HTML), HTML)
    headers["Content-Type"] = "application/x-www-form-urlencoded"
    async with app.client.post(path, data=urlencode(form | {"MessageStatus": HTML}), headers=headers) as response:
        assert response.status == 200
    async with app.client.post(path, data=HTML.encode(), headers=headers | {"Content-Type": HTML}) as response:
        assert response.status == 200
    await app.rows(2)


def test_html_in_every_field_is_shown_as_it_came(run: Run, started: StartProgram) -> None:
    async def scenario() -> None:
        async with started() as app:
            await fill(app)
            window = app.window
            for row in range(2):
                app.select(row)
                await until_shown(app, window.panel.messages_model.ids[row])
                assert check(window) > 20
            seen = "".join(one.text() for one in window.findChildren(QLabel))
            assert HTML in seen or one_line(HTML) in seen
            app.trigger("view_callbacks")
            await until(lambda: window.panel.callbacks_model.rowCount() == 3)
            for row in range(3):
                assert window.panel.callbacks.select_id(window.panel.callbacks_model.ids[row])
                await until(lambda: not window.panel.rows.busy)
                check(window)
            for name in PAGES:
                app.trigger(name)
                await until(lambda: not window.panel.rows.busy)
                check(window)
            app.trigger("view_messages")
            app.select(0)
            for name in DIALOGS:
                before, opened = windows(), set[QWidget]()
                if name == "compare":
                    app.trigger("select_all")
                app.trigger(name)
                for _ in range(1000):
                    if opened := windows() - before:
                        break
                    await asyncio.sleep(0.01)
                assert opened, name
                for dialog in opened:
                    check(dialog)
                    dialog.close()
                await asyncio.sleep(0)
            window.tell("Title <b>x</b>", HTML)
            box = await app.dialog(QMessageBox)
            assert (box.textFormat(), box.text()) == (Qt.TextFormat.PlainText, HTML)
            box.accept()
            await app.gone(box)

    run(scenario())


def test_this_would_notice(qapp: QApplication) -> None:
    root = QWidget()
    label = QLabel("fine", root)
    label.setTextFormat(Qt.TextFormat.PlainText)
    assert check(root) == 1
    label.setToolTip(HTML)
    with pytest.raises(AssertionError):
        check(root)
    label.setToolTip("")
    QLabel("loose", root)
    with pytest.raises(AssertionError):
        check(root)
    root.deleteLater()


@pytest.mark.parametrize(
    "address",
    [
        "http://developer.signalwire.com/x", "https://developer.signalwire.com.evil.example/", "javascript:alert(1)",
        "file:///etc/passwd", "https://evil.example/developer.signalwire.com", "https://user@evil.example", "",
        "https://developer.signalwire.com@evil.example/", "//developer.signalwire.com/x",
    ],
)  # fmt: skip
def test_no_link_leads_elsewhere(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr("PySide6.QtGui.QDesktopServices.openUrl", lambda url: opened.append(url.toString()))
    open_documentation(address)
    assert opened == []
    open_documentation("https://developer.signalwire.com/x")
    assert opened == ["https://developer.signalwire.com/x"]


def test_links_are_opened_in_one_place_only() -> None:
    """What opens one must ask `open_documentation`, which knows the few hosts that there are."""
    package = Path(inspector.__file__).parent
    opening = re.compile(
        r"QDesktopServices|webbrowser|openExternalLinks=True|setOpenExternalLinks|setOpenLinks|startfile|xdg-open"
    )
    sources = {path.relative_to(package).as_posix(): path.read_text("utf-8") for path in package.rglob("*.py")}
    found = [name for name, source in sources.items() if opening.search(source)]
    assert found == ["errands.py"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\u202eb", "a�b"),  # right to left from here
        ("a\u2066b\u2069", "a�b�"),  # isolates
        ("\u200fa\u061c", "�a�"),
        ("SM\u200b1", "SM�1"),  # no width
        ("SM\u20601\ufeff\u00ad", "SM�1��"),
        ("SM\u200d1\u200c2", "SM�1�2"),  # joiners, where they join nothing
        ("👩\u200d🚀", "👩\u200d🚀"),  # and where they do
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("a\u3164b\u115f\u2800\uffa0", "a�b���"),  # fillers
        ("a\u2028b\u2029c\r\nd", "a⏎b⏎c⏎⏎d"),
        ("\x1b[2J\x9b1m\0", "␛[2J�1m␀"),
        ("Grüße, 世界 🎉", "Grüße, 世界 🎉"),
    ],
)
def test_what_hides_is_made_visible(text: str, shown: str) -> None:
    assert one_line(text) == shown
