"""The window: Qt Widgets that ask the session for what they show and tell the composition root what was asked for.

May import PySide6, inspector.session, inspector.callbacks and inspector.runtime; never inspector.capture.
"""
