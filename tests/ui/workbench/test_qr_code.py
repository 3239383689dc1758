"""The QR code, read back from its pixels."""

import segno
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from inspector.ui.workbench.qr_code import QrCode

URL = "https://four-plain-words-here.trycloudflare.com"


def modules(image: QImage, count: int) -> list[list[bool]]:
    """Whether each module is dark, read in its middle."""
    side = image.width() / count
    return [
        [QColor(image.pixel(int((x + 0.5) * side), int((y + 0.5) * side))).lightness() < 128 for x in range(count)]
        for y in range(count)
    ]


def test_every_module_is_painted(qtbot: QtBot) -> None:
    code = QrCode()
    qtbot.addWidget(code)
    code.show_text(URL)
    code.resize(code.sizeHint())
    painted = modules(code.grab().toImage(), code.modules)

    code_of_it = segno.make_qr(URL, error="l", boost_error=False)
    expected = [[bool(module) for module in row] for row in code_of_it.matrix_iter(border=4)]
    assert painted == expected
    assert code.accessibleName() == f"QR code of {URL}"


def test_no_text_takes_no_room(qtbot: QtBot) -> None:
    code = QrCode()
    qtbot.addWidget(code)
    code.show_text(URL)
    assert code.isVisible()
    code.show_text("")
    assert not code.isVisible()
