"""States that Qt saves as octets, as text for the settings."""

from PySide6.QtCore import QByteArray


def text_of(state: QByteArray) -> str:
    return bytes(state.toBase64().data()).decode()


def state_of(text: str) -> QByteArray:
    """What `text_of` made a text; Qt takes no notice of what it cannot read."""
    return QByteArray.fromBase64(text.encode())
