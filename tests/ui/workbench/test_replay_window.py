"""The words of the window for sending again."""

import pytest

from inspector.session.records import ReplayRow
from inspector.ui.workbench.replay_window import Progress, address_problem


@pytest.mark.parametrize("text", ["http://127.0.0.1:8000", "https://example.org/hook?x=1", "http://[::1]:80/"])
def test_addresses(text: str) -> None:
    assert address_problem(text) == ""


@pytest.mark.parametrize(
    "text", ["", "localhost:8000", "ftp://x", "http://", "http://a b", "http://x:0", "http://x:99999", "http://[", "http://x\n"]
)  # fmt: skip
def test_what_is_no_address(text: str) -> None:
    assert address_problem(text).startswith("Write an address")


def test_progress_in_words() -> None:
    def result(status: int | None) -> ReplayRow:
        return ReplayRow(1, "http://a/", 0, 1, status, (), b"", None)

    progress = Progress(total=5).with_results([result(200), result(204)]).with_results([result(302), result(None)])
    assert progress == Progress(4, 5, 2, 1)
    assert progress.text == "4 of 5 sent · 2 accepted (2xx) · 1 answered otherwise · 1 not answered"


def test_a_password_is_not_kept_by_accident() -> None:
    assert "password" in address_problem("https://user:secret@example.org/")
