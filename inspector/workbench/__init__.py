"""The workbench: what a developer does about a callback. Each tool joins one page or command of the window (`ui/`) to
capture and session.

It belongs to the composition root: it may import everything but `app` and `program`, and nothing else imports it.
"""
