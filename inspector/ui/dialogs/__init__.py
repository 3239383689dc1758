"""The dialogs of the window, each opened without a nested loop.

May import what ui/ may.
"""
