"""The program's footing: tasks with an owner, awaited dialogs, one way to quit, one sink for errors, resource files.

It knows nothing of callbacks, sessions or windows, and every room may import it. Only `dialogs` and `quit` import Qt.
"""
