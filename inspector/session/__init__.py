"""The session file: what was received, in one SQLite database that everything else reads.

May import the standard library and inspector.callbacks; exchange/ also checks with pydantic. No Qt, no aiohttp.
"""
