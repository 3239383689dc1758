"""Callbacks as text to paste somewhere else: a shell, a Python file, a test, a request editor.

Pure functions on stored callbacks; what they write sends, or holds, the very bytes that were captured.
"""
