"""The signature tab: it asks for what it shows, and shows a stranger's texts as they are."""

import pytest
from pytestqt.qtbot import QtBot

from inspector.callbacks.diagnosis import Diagnosed, Diagnosis, Means
from inspector.callbacks.signature import SignatureState, sign_json
from inspector.callbacks.signature_doctor import diagnose
from inspector.session.records import CallbackRow
from inspector.ui.detail.callback_panel import CallbackPanel
from inspector.ui.detail.content import CallbackDetail
from inspector.ui.detail.signature import Examination, SignatureTab, fact_rows, tint_of
from inspector.ui.theme import DARK, LIGHT, Appearance
from inspector.workbench.signature_check import as_signed
from tests.ui.conftest import texts_in
from tests.ui.detail.detail_factory import make_callback

KEY = "PSKone"


def examined(callback: CallbackRow, key: str | None = KEY, public_url: str | None = None) -> Examination:
    diagnosis = diagnose(as_signed(callback), Means(key, public_url, "http://127.0.0.1:9797"))
    return Examination(diagnosis, "From the keyring", bool(key), public_url)


def signed_callback(url: str, **changes: object) -> CallbackRow:
    headers = (
        ("Host", "127.0.0.1:9797"),
        ("Content-Type", "application/json"),
        ("X-SignalWire-Signature", sign_json(KEY, url, b"{}")),
    )
    return make_callback(headers=headers, **changes)


def make_tab(appearance: Appearance, qtbot: QtBot) -> SignatureTab:
    tab = SignatureTab(appearance)
    qtbot.addWidget(tab)
    tab.resize(400, 400)
    tab.show()
    return tab


def test_it_asks_once_it_is_looked_at_and_again_when_something_changed(appearance: Appearance, qtbot: QtBot) -> None:
    panel = CallbackPanel(appearance)
    qtbot.addWidget(panel)
    wished: list[object] = []
    panel.signature.examination_wished.connect(wished.append)
    one, other = make_callback(), make_callback(seq=2)
    panel.signature.renew()
    panel.show_callback(CallbackDetail(one, []))
    assert wished == []
    panel.tabs.setCurrentWidget(panel.signature)
    assert wished == [one]
    panel.signature.renew()
    panel.show_callback(CallbackDetail(other, []))
    assert wished == [one, one, other]


def test_an_answer_that_comes_too_late_is_not_shown(appearance: Appearance, qtbot: QtBot) -> None:
    tab = make_tab(appearance, qtbot)
    first, second = signed_callback("http://127.0.0.1:9797/rest?x=1"), make_callback(seq=2)
    tab.show_callback(first)
    tab.show_callback(second)
    tab.show_examination(first, examined(first))
    assert "Valid" not in texts_in(tab)
    tab.show_examination(second, examined(second))
    assert "Not signed" in texts_in(tab)


def test_the_remedy_is_a_button(appearance: Appearance, qtbot: QtBot) -> None:
    tab = make_tab(appearance, qtbot)
    callback = signed_callback("https://abc.example/<b>/rest?x=1", signature="invalid")
    tab.show_callback(callback)
    assert "Checking…" in texts_in(tab)
    assert not tab.use_address.isVisible()
    tab.show_examination(callback, examined(callback, public_url="http://abc.example/<b>/rest/"))
    assert "https://abc.example/<b>/rest" in texts_in(tab)
    with qtbot.waitSignal(tab.address_chosen) as chosen:
        tab.use_address.click()
    assert chosen.args == ["https://abc.example/<b>"]
    tab.show_callback(make_callback(seq=2))
    assert not tab.use_address.isVisible()


def test_the_key_is_asked_for_where_it_may_be_at_fault(appearance: Appearance, qtbot: QtBot) -> None:
    tab = make_tab(appearance, qtbot)
    callback = signed_callback("https://nowhere.example/")
    tab.show_callback(callback)
    tab.show_examination(callback, examined(callback, key=None))
    assert tab.set_key.text() == "Set the signing key…"
    with qtbot.waitSignal(tab.key_wished):
        tab.set_key.click()
    tab.show_examination(callback, examined(callback))
    assert tab.set_key.isVisible()
    assert "Tried" in texts_in(tab)


def test_the_facts_hold_no_password() -> None:
    url = "https://user:secret@abc.example/rest?x=1"
    callback = signed_callback(url, signature="unchecked")
    rows = dict(fact_rows(callback, examined(callback, public_url="https://user:secret@abc.example")))
    assert rows["On arrival"] == "Signature not checked"
    assert rows["Signed address"] == "https://user:…@abc.example/rest?x=1"
    assert "secret" not in str(rows)


@pytest.mark.parametrize("result", [None, *Diagnosed])
def test_every_result_has_its_colours_and_its_words(
    result: Diagnosed | None, appearance: Appearance, qtbot: QtBot
) -> None:
    assert tint_of(result, LIGHT) != tint_of(result, DARK)
    if result is not None:
        tab = make_tab(appearance, qtbot)
        callback = make_callback()
        tab.show_callback(callback)
        diagnosis = Diagnosis(result, SignatureState.INVALID, "The title", "The text.")
        tab.show_examination(callback, Examination(diagnosis, "None is set", has_key=False, public_url=None))
        assert {"The title", "The text."} <= set(texts_in(tab).splitlines())
