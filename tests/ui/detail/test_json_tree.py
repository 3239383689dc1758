import json
from typing import Any

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester, QTest
from pytestqt.qtbot import QtBot

from inspector.callbacks.judgement import judge
from inspector.ui.detail.json_nodes import marks_by_path, missing_members, read_payload
from inspector.ui.detail.json_tree import JsonTree
from inspector.ui.detail.json_tree_model import NAME, SEVERITY_ROLE, VALUE, JsonTreeModel
from inspector.ui.detail.payload import PayloadTab
from inspector.ui.theme import Appearance
from tests.ui.detail.detail_factory import make_callback


def make_model(body: bytes, **changes: Any) -> JsonTreeModel:
    callback = make_callback(body=body, **changes)
    payload = read_payload(callback)
    assert payload.readable
    model = JsonTreeModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.show(payload.top, marks_by_path(callback.problems), missing_members(callback.problems))
    return model


def shown(model: JsonTreeModel, parent: QModelIndex | None = None) -> list[tuple[str, str]]:
    root = QModelIndex() if parent is None else parent
    return [
        (model.index(row, NAME, root).data(), model.index(row, VALUE, root).data())
        for row in range(model.rowCount(root))
    ]


def test_names_and_values_as_they_were_written(qtbot: QtBot) -> None:
    model = make_model(b'{"a":"x\\ny","b":1.0,"c":1E400,"d":null,"e":true,"f":[],"g":{"h":[1]},"a":2,"":0}')
    assert shown(model) == [
        ("a", '"x⏎y"'),
        ("b", "1.0"),
        ("c", "1E400"),
        ("d", "null"),
        ("e", "true"),
        ("f", "[]"),
        ("g", "1 member"),
        ("a", "2"),
        ("(empty)", "0"),
    ]
    inner = model.index(6, NAME)
    assert shown(model, inner) == [("h", "1 item")]
    assert model.path(model.index(0, NAME, model.index(0, NAME, inner))) == "$.g.h[0]"


def test_problems_mark_their_place_and_what_is_missing_has_one(qtbot: QtBot) -> None:
    body = json.dumps({"id": "x", "status": "sennt", "deep": [1]}).encode()
    judgement = judge(method="POST", target="/", content_type="application/json", body=body)
    problems = tuple(problem.as_json() for problem in judgement.problems)
    model = make_model(body, problems=problems, valid=False)
    by_name = {model.index(row, NAME).data(): row for row in range(model.rowCount())}
    assert model.index(by_name["status"], VALUE).data(SEVERITY_ROLE) == "error"
    assert model.index(by_name["id"], VALUE).data(SEVERITY_ROLE) is None
    assert model.index(by_name["timestamp"], VALUE).data() == "missing"
    spoken = model.index(by_name["status"], VALUE).data(Qt.ItemDataRole.AccessibleTextRole)
    assert "must be one of" in spoken


def test_a_huge_array_unfolds_in_steps(qtbot: QtBot) -> None:
    model = make_model(json.dumps({"list": list(range(25_050))}).encode())
    list_index = model.index(0, NAME)
    groups = shown(model, list_index)
    assert groups[0] == ("0 … 9999", "")
    assert groups[-1] == ("20000 … 25049", "")
    second = model.index(2, NAME, list_index)
    assert shown(model, second)[-1] == ("25000 … 25049", "")
    last = model.index(50, NAME, second)
    assert shown(model, last)[-1] == ("[25049]", "25049")
    assert model.path(model.index(49, NAME, last)) == "$.list[25049]"


def test_a_deep_body_is_walked_without_recursion(qtbot: QtBot) -> None:
    depth = 400
    model = make_model(b'{"a":' * depth + b"1" + b"}" * depth)
    index = QModelIndex()
    for _ in range(depth):
        index = model.index(0, NAME, index)
    assert index.siblingAtColumn(VALUE).data() == "1"
    assert isinstance(model.clipboard_text(model.index(0, NAME)), str)


def test_a_body_nested_beyond_reason_is_told(qtbot: QtBot) -> None:
    payload = read_payload(make_callback(body=b"[" * 500_000))
    assert not payload.readable
    assert payload.notice


def test_the_form_dialect_shows_its_parameters(qtbot: QtBot) -> None:
    model = make_model(b"MessageSid=SM1&Body=a%20%3Cb%3E&Body=again", dialect="form")
    assert shown(model) == [("MessageSid", '"SM1"'), ("Body", '"a <b>"'), ("Body", '"again"')]


def test_a_form_in_the_query(qtbot: QtBot) -> None:
    model = make_model(b"", dialect="form", method="GET", target="/?MessageSid=SM1")
    assert shown(model) == [("MessageSid", '"SM1"')]


def test_what_is_no_json_is_said_and_shown_raw(qtbot: QtBot, appearance: Appearance) -> None:
    tab = PayloadTab(appearance)
    qtbot.addWidget(tab)
    callback = make_callback(body=b"<b>no</b>\xff", dialect="unknown", valid=False)
    tab.show_callback(callback)
    texts = [label.text() for label in tab.findChildren(type(tab._notice))]
    assert "The body is not JSON." in texts
    assert tab._body.view.toPlainText() == r"<b>no</b>\xff"
    callback = make_callback(body=b"", dialect="unknown", valid=False)
    tab.show_callback(callback)
    assert tab._notice.text() == "The body is empty."


def test_a_cut_body_says_so(qtbot: QtBot) -> None:
    assert "beginning" in read_payload(make_callback(body=b'{"a": "b', truncated=True)).notice


def test_a_scalar_is_shown_too(qtbot: QtBot) -> None:
    payload = read_payload(make_callback(body=b'"text"'))
    assert payload.top == [("$", "text")]
    assert payload.notice == "The body is JSON, but not an object."


def test_what_was_unfolded_stays_so_for_the_next_callback(qtbot: QtBot, appearance: Appearance) -> None:
    tab = PayloadTab(appearance)
    qtbot.addWidget(tab)

    def show(number: int, *, keep: bool) -> None:
        if not keep:
            tab.forget()
        body = json.dumps({"n": number, "a": {"b": {"c": number}}, "z": [1]}).encode()
        tab.show_callback(make_callback(body=body))

    def unfolded() -> list[bool]:
        model = tab.tree.model()
        outer = model.index(1, NAME)
        return [tab.tree.isExpanded(index) for index in (outer, model.index(0, NAME, outer), model.index(2, NAME))]

    show(1, keep=False)
    outer = tab.tree.model().index(1, NAME)
    tab.tree.expand(outer)
    tab.tree.expand(tab.tree.model().index(0, NAME, outer))
    show(2, keep=True)
    assert unfolded() == [True, True, False]
    show(3, keep=False)
    assert unfolded() == [False, False, False]


def test_copying_from_the_tree(qtbot: QtBot, appearance: Appearance) -> None:
    model = make_model(b'{"a":{"b":[1.0,"x"],"b":null}}')
    tree = JsonTree(model, appearance)
    qtbot.addWidget(tree)
    tree.setCurrentIndex(model.index(0, NAME))
    with qtbot.waitSignal(tree.copied):
        QTest.keyClick(tree, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == '{"b": [1.0, "x"], "b": null}'


def test_the_star_key_unfolds_no_more_than_can_be_read(qtbot: QtBot, appearance: Appearance) -> None:
    body = json.dumps({"a": [[[number] for number in range(50)] for _ in range(90)]}).encode()
    model = make_model(body)
    tree = JsonTree(model, appearance)
    qtbot.addWidget(tree)
    tree.setCurrentIndex(model.index(0, NAME))
    QTest.keyClick(tree, Qt.Key.Key_Asterisk)
    assert tree.isExpanded(model.index(0, NAME))
    assert len(tree._unfolded) <= 500
