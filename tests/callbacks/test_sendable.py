"""What a user may send as a message of their own."""

import pytest

from inspector.callbacks.sendable import MOST_VARIABLES, address_problem, body_problem, variables_problem


@pytest.mark.parametrize(
    "text", ["+12065550123", "+12345", "+" + "9" * 17, "10555", "123456", "whatsapp:+12065550123", "whatsapp:+12345"]
)
def test_addresses(text: str) -> None:
    assert address_problem(text) == ""


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Write a plus sign"),
        ("+1234", "5 to 17 digits"),
        ("+" + "9" * 18, "5 to 17 digits"),
        ("+1 206 555", "Write a plus sign"),
        ("+12065550123\n", "Write a plus sign"),
        ("1234", "short code has 5 or 6"),
        ("12065550123", "begins with a plus sign"),
        ("+1206555٠١٢٣", "Write a plus sign"),
        ("whatsapp:12065550123", "After whatsapp:"),
        ("whatsapp:10555", "After whatsapp:"),
        ("Alice", "Write a plus sign"),
    ],
)
def test_what_is_no_address(text: str, words: str) -> None:
    assert words in address_problem(text)


def test_a_body_is_any_text_of_whole_characters() -> None:
    assert body_problem("") == body_problem("x" * 5000) == body_problem("\0😀\u2028") == ""
    assert "surrogate" in body_problem("a\ud83d")


def test_variables() -> None:
    most = [(f"n{number}", "") for number in range(MOST_VARIABLES)]
    assert variables_problem([]) == variables_problem(most) == ""
    assert "at most 20" in variables_problem([*most, ("more", "1")])
    assert "no name" in variables_problem([("", "x")])
    assert "“a” comes twice" in variables_problem([("a", "1"), ("b", ""), ("a", "1")])
    assert "surrogate" in variables_problem([("a", "\udfff")])
