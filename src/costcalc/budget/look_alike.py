# ruff: noqa: RUF001, RUF002  # the letters that are mistaken for others are its subject
"""Names that look alike and are not the same: letters of two alphabets, signs that nobody sees."""

import unicodedata
from collections.abc import Iterable, Iterator

# Letters of Cyrillic and Greek, and digits, that look like Latin letters in most fonts: those of Unicode Technical
# Standard 39 (confusables.txt) that a name in lower case may hold
_LOOKS_LIKE = str.maketrans(
    "авеіјкмнорсԁтхуѕԝԛһανορτυκιγω01|ı",
    "abeijkmhopcdtxyswqhavoptukiywolli",
)
_ALPHABETS = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC")


def skeleton(name: str) -> str:
    r"""Reduce a name to what a reader sees of it: two names with one skeleton look alike.

    Example:
        >>> skeleton("prod") == skeleton("рrоd") == skeleton("pro\u200bd")
        True
    """
    seen = "".join(char for char in unicodedata.normalize("NFKC", name) if not _is_unseen(char))
    return seen.casefold().translate(_LOOKS_LIKE)


def _is_unseen(char: str) -> bool:
    """Say whether nothing is drawn for a character: format and control signs, and marks that change none."""
    return unicodedata.category(char) in {"Cf", "Cc", "Mn", "Me"} or char in "\u115f\u1160\u3164\uffa0"


def oddity(name: str) -> str:
    r"""Say what is odd about a name that looks like another one could; "" for a plain one.

    Example:
        >>> oddity("prоd"), oddity("zero\u200b"), oddity("größe"), oddity("прод")
        ('letters of CYRILLIC and LATIN', 'the invisible character U+200B', '', '')
    """
    unseen = next((char for char in name if _is_unseen(char)), None)
    if unseen is not None:
        return f"the invisible character U+{ord(unseen):04X}"
    names = [unicodedata.name(char, "").split(" ")[0] for char in name if char.isalpha()]
    alphabets = sorted({each for each in names if each in _ALPHABETS})
    if len(alphabets) > 1:
        return f"letters of {' and '.join(alphabets)}"
    plain = unicodedata.normalize("NFKC", name)
    return (
        f"characters that stand for others: it reads '{plain}'" if plain != unicodedata.normalize("NFC", name) else ""
    )


def alike(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Find names that look like an earlier one, each with that one."""
    first: dict[str, str] = {}
    for name in dict.fromkeys(names):
        other = first.setdefault(skeleton(name), name)
        if other != name:
            yield name, other
