"""A session to tell callbacks to, and the colours to show them in."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import delete

from inspector.ui.theme import Appearance
from tests.ui.detail.detail_factory import Story, make_appearance


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    story = Story(tmp_path)
    yield story
    story.close()


@pytest.fixture
def window(qapp: QApplication) -> Iterator[QWidget]:
    """A bare widget to put panels into: the offscreen platform warns of the size hints of any other window."""
    window = QWidget()
    window.resize(1000, 900)
    yield window
    # At once: every new style sheet is applied to all widgets that are left.
    delete(window)


@pytest.fixture
def appearance(qapp: QApplication) -> Iterator[Appearance]:
    appearance = make_appearance(qapp)
    yield appearance
    appearance.deleteLater()
