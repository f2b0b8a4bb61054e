"""Text of a dataset within HTML."""

from html import escape


def visible(text: str) -> str:
    """The text, with what cannot be seen, or turns the direction of writing, written out."""
    return "".join(letter if letter.isprintable() else f"\\u{{{ord(letter):x}}}" for letter in text)


def safe(text: object) -> str:
    """The text as text: nothing of it is markup, or ends an attribute."""
    return escape(visible(str(text)))
