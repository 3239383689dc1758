"""Text for a terminal: what strangers send must not be able to steer it."""


def printable(text: str, longest: int = 300) -> str:
    """`text` on one line, control characters (ECMA-48) and invisible format characters escaped."""
    head = text[:longest]
    shown = "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode() for character in head
    )
    return f"{shown}…" if len(text) > longest else shown
