"""A session in other forms: the session JSON in and out, lines of JSON, CSV and HAR out.

May import the standard library, pydantic, inspector.callbacks and inspector.session. No Qt, no aiohttp.
"""
