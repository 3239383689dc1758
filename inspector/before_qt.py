"""What the window needs and what needs no Qt, imported before Qt.

PySide6 reads the source of each module that is imported after it, to find out whether `from __feature__ import` could
concern it. That makes an import take a third longer, and the sources stay in memory.
"""

# ruff: noqa: F401 - all of these are only to be loaded

import asyncio
import concurrent.futures.thread
import logging.handlers
import sqlite3

import inspector.callbacks.error_codes
import inspector.runtime.errors
import inspector.runtime.folders
import inspector.runtime.resources
import inspector.runtime.tasks
import inspector.session.query
import inspector.session.reader
import inspector.settings
