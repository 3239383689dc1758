"""The editor of a callback: judged as one types, and untouched parts keep their bytes."""

from collections.abc import Coroutine, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from shiboken6 import delete

from inspector.runtime.tasks import TaskScope
from inspector.session.records import CallbackRow
from inspector.ui.theme import Appearance
from inspector.ui.workbench.body_text import body_text, laid_out
from inspector.ui.workbench.edit_request import EditRequest
from inspector.ui.workbench.header_lines import HeaderLines
from tests.ui.conftest import Run, qt_loop, run, until
from tests.ui.detail.detail_factory import make_appearance, make_callback, make_payload

__all__ = ["qt_loop", "run"]

BODY = b'{"id": "m1", "status": "sent",\t"x": "\xc2\xa0\xe2\x98\x83"}\n'


@pytest.fixture
def appearance(qapp: QApplication) -> Iterator[Appearance]:
    appearance = make_appearance(qapp)
    yield appearance
    appearance.deleteLater()


class Scene:
    """Runs a scenario with an editor in a window."""

    def __init__(self, run: Run, appearance: Appearance) -> None:
        self._run, self._appearance = run, appearance

    def play(self, callback: CallbackRow, scenario: Any) -> None:
        async def work() -> None:
            place = QWidget()
            place.resize(900, 500)
            layout = QVBoxLayout(place)
            async with TaskScope() as tasks:
                editor = EditRequest(self._appearance, tasks, place)
                layout.addWidget(editor)
                place.show()
                editor.show_callback(callback)
                step: Coroutine[Any, Any, None] = scenario(editor)
                await step
            delete(place)

        self._run(work())


@pytest.fixture
def scene(run: Run, appearance: Appearance) -> Scene:
    return Scene(run, appearance)


@pytest.mark.parametrize(
    "body", [BODY, b"", b"a\r\nb\r\n", b"a\rb", b"\xff\x00", "a\u2029b".encode(), b"\xef\xbb\xbf{}"]
)
def test_untouched_it_is_what_was_captured(scene: Scene, body: bytes) -> None:
    headers = (("Host", "x"), ("X-Raw", "\xe9"), ("X-Utf", "\u00e2\u0098\u0083"), ("x-raw", ""), ("X", "a\x1bb"))
    callback = make_callback(body=body, headers=headers, target="/rest?x=%20")

    async def scenario(editor: EditRequest) -> None:
        edited = editor.edited()
        assert edited is not None
        assert (edited.method, edited.target, edited.body) == ("POST", "/rest?x=%20", body)
        assert edited.headers == headers[1:]
        assert not editor.body_changed

    scene.play(callback, scenario)


def test_the_verdict_follows_the_typing(scene: Scene) -> None:
    import json

    good = json.dumps(make_payload("sent")).encode()

    async def scenario(editor: EditRequest) -> None:
        await until(lambda: editor.pill.text == "Valid")
        editor.body.setPlainText(editor.body.toPlainText().replace('"sent"', '"sennt"'))
        await until(lambda: editor.pill.text == "Invalid: 1 problem")
        assert editor.problems.toPlainText().startswith("$.status  ")
        editor.headers.setPlainText("Content-Type: text/plain")
        await until(lambda: editor.pill.text == "Invalid: 2 problems")
        editor.restore.click()
        await until(lambda: editor.pill.text == "Valid")
        edited = editor.edited()
        assert edited is not None
        assert edited.body == good

    scene.play(make_callback(body=good), scenario)


def test_edited_text_becomes_bytes_with_the_line_ends_that_it_had(scene: Scene) -> None:
    async def scenario(editor: EditRequest) -> None:
        cursor = editor.body.textCursor()
        cursor.insertText("é\n")
        assert editor.body_bytes() == b"\xc3\xa9\r\na\r\nb"
        assert editor.body_changed

    scene.play(make_callback(body=b"a\r\nb"), scenario)


def test_no_break_spaces_survive_an_edit(scene: Scene) -> None:
    async def scenario(editor: EditRequest) -> None:
        QTest.keyClicks(editor.body, " ")
        assert editor.body_bytes() == b" " + BODY

    scene.play(make_callback(body=BODY), scenario)


def test_laying_out_keeps_the_values_and_can_be_undone(scene: Scene) -> None:
    body = b'{"a":1.0,"a":[1e5],"b":"\\u0041"}'

    async def scenario(editor: EditRequest) -> None:
        editor.lay_out.click()
        text = '{\n  "a": 1.0,\n  "a": [\n    1e5\n  ],\n  "b": "\\u0041"\n}'
        assert editor.body_bytes() == text.encode()
        editor.body.undo()
        assert editor.body_bytes() == body
        assert not editor.body_changed

    scene.play(make_callback(body=body), scenario)


@pytest.mark.parametrize(
    ("part", "text", "problem"),
    [
        ("headers", "X: 1\nnone", "Header line 2"),
        ("headers", "a b: 1", "Header line 1"),
        ("headers", "A: \x00", "control characters"),
        ("target", "rest", "begin with /"),
        ("target", "/a b", "no spaces"),
        ("method", "GET /", "one word"),
        ("method", "", "one word"),
    ],
)
def test_what_cannot_be_sent_is_told(scene: Scene, part: str, text: str, problem: str) -> None:
    async def scenario(editor: EditRequest) -> None:
        assert editor.problem == ""
        field = getattr(editor, part)
        (field.setPlainText if part == "headers" else field.setText)(text)
        assert problem in editor.problem
        assert editor.edited() is None

    scene.play(make_callback(), scenario)


def test_bytes_that_are_no_text_can_only_be_replaced(scene: Scene) -> None:
    async def scenario(editor: EditRequest) -> None:
        assert editor.body.isReadOnly()
        assert editor.body.toPlainText() == "\\xff\\x00"
        assert editor.lay_out.isHidden()
        editor.rewrite.click()
        assert editor.body_bytes() == b""
        QTest.keyClicks(editor.body, "{}")
        assert editor.body_bytes() == b"{}"
        editor.restore.click()
        assert editor.body_bytes() == b"\xff\x00"

    scene.play(make_callback(body=b"\xff\x00"), scenario)


def test_the_beginning_of_a_callback_must_be_completed(scene: Scene) -> None:
    async def scenario(editor: EditRequest) -> None:
        assert "Only the beginning" in editor.problem
        editor.body.setPlainText("{}")
        edited = editor.edited()
        assert edited is not None
        assert not edited.truncated

    scene.play(make_callback(body=b"{", truncated=True), scenario)


@given(st.text(max_size=40))
def test_a_body_that_can_be_edited_comes_back(text: str) -> None:
    body = text.encode()
    found = body_text(body)
    if found is not None:
        assert found.bytes_of(found.text) == body


@given(
    st.lists(st.tuples(st.text("aB-", min_size=1, max_size=4), st.text(st.characters(max_codepoint=255), max_size=9)))
)
def test_header_lines_that_are_not_edited_come_back(headers: list[tuple[str, str]]) -> None:
    lines = HeaderLines(headers)
    read = lines.read(lines.text)
    # Lines that look alike may stand for each other.
    assert isinstance(read, tuple)
    assert [name for name, _ in read] == [name for name, _ in headers]


def test_a_header_that_is_typed_is_kept_as_its_bytes() -> None:
    assert HeaderLines(()).read("X-One:  \u2603 \n\n") == (("X-One", "\u00e2\u0098\u0083"),)


def test_only_objects_and_arrays_are_laid_out() -> None:
    assert laid_out("1") is laid_out("{") is laid_out("[" * 100_000) is None
