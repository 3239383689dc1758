"""The dialects that callbacks speak. Apart from the judgement that finds out which, and so without pydantic."""

from enum import StrEnum


class Dialect(StrEnum):
    """The form of a callback: the specification's JSON, the Compatibility API's form, or neither."""

    JSON = "json"
    FORM = "form"
    UNKNOWN = "unknown"
