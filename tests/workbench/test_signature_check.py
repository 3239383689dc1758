"""Checking a whole session: what it counts, that it can be cancelled, and that the file stays as it is."""

from pathlib import Path

import pytest

from inspector.callbacks.diagnosis import Means
from inspector.callbacks.signature import SignatureState, sign_json
from inspector.session.exchange.selection import Cancelled, no_progress
from inspector.session.records import Received
from inspector.workbench.signature_check import check_session, count_signed
from tests.factories import make_callback, make_session

KEY = "PSKone"
MEANS = Means(KEY, "https://abc.example", "")


def signed(url: str, key: str = KEY) -> Received:
    one = make_callback(signature=SignatureState.UNCHECKED)
    return one._replace(headers=(*one.headers, ("X-SignalWire-Signature", sign_json(key, url, one.body))))


def test_it_counts_and_names_what_is_wrong_with_most(tmp_path: Path) -> None:
    right, slash = signed("https://abc.example/rest"), signed("https://abc.example/rest/")
    other = signed("https://abc.example/rest", "PSKother")
    path = make_session(tmp_path / "a.inspector", [make_callback(), right, other, slash, slash, right])
    before = path.read_bytes()
    told: list[tuple[int, int]] = []

    checked = check_session(path, MEANS, lambda done, total: told.append((done, total)))

    assert count_signed(path) == 5
    assert (checked.valid, checked.invalid, checked.first_invalid) == (2, 3, 3)
    assert checked.commonest is not None
    assert checked.commonest.remedy == "https://abc.example/rest/"
    assert "2 of 5 signatures fit. The first that does not: callback 3." in checked.text()
    assert told[0] == (0, 5)
    assert path.read_bytes() == before


def test_with_the_right_address_everything_fits(tmp_path: Path) -> None:
    path = make_session(tmp_path / "a.inspector", [signed("https://abc.example/rest/")] * 3)
    checked = check_session(path, Means(KEY, "https://abc.example/rest/", ""), no_progress)
    assert checked.text() == "Every signature fits: 3 of 3 signed callbacks."
    assert checked.commonest is None


def test_where_nothing_is_signed_there_is_nothing_to_check(tmp_path: Path) -> None:
    path = make_session(tmp_path / "a.inspector", [make_callback()])
    assert count_signed(path) == 0
    assert "nothing to check" in check_session(path, MEANS, no_progress).text()


def test_it_can_be_cancelled(tmp_path: Path) -> None:
    path = make_session(tmp_path / "a.inspector", [signed("https://abc.example/rest")] * 500)

    def cancel(done: int, _: int) -> None:
        if done:
            raise Cancelled

    with pytest.raises(Cancelled):
        check_session(path, MEANS, cancel)
