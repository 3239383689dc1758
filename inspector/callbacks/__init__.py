"""The field's knowledge: what a status callback is, whether it keeps the contract, what a message's life says.

Pure: the standard library and pydantic. No I/O, no Qt, no aiohttp, no SQLite.
"""
