"""The pages and dialogs of the workbench's tools: constructor arguments in, signals out.

May import what ui/ may.
"""
