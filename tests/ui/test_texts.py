from inspector.ui import texts


def test_a_tooltip_never_reads_a_strangers_html() -> None:
    text = texts.tooltip("<img src='http://evil/'>", "")
    assert text.startswith("<qt>")
    assert "<img" not in text
