"""Vietnamese personal names: one spelling, the order of class lists, and the form for searching."""

import re
import unicodedata

__all__ = ["is_near", "list_order_key", "match_key", "normalise", "search_key", "split_name"]

_ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_TONES = {"\u0300": "4", "\u0309": "5", "\u0303": "6", "\u0301": "7", "\u0323": "8"}
_LEVEL = "3"  # ngang, the tone without a mark
_AFTER_LETTERS, _AFTER_WORD, _AFTER_GROUP = "2", "1", "0"

# U+00D0 and U+00F0 look like Đ and đ and come from old fonts; an invisible character is no blank.
_LOOKALIKES = str.maketrans("Ðð", "Đđ")
_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u2060\ufeff]")
_LONG_NAME = 10
_NO_WORD = re.compile(r"[^a-z0-9]+")
_BLANKS = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")


def normalise(text):
    """Return the text in NFC, blanks (also line breaks and no-break blanks) folded and trimmed.

    Invisible characters are dropped and the look-alikes Ð/ð of old fonts become Đ/đ.
    """
    text = _BLANKS.sub(" ", _INVISIBLE.sub("", text.translate(_LOOKALIKES))).strip()
    return unicodedata.normalize("NFC", text)


def search_key(text):
    """Return the text in lower case, without accents, đ as d: "Đặng  Thị Ánh" -> "dang thi anh"."""
    spread = unicodedata.normalize("NFD", normalise(text).lower())
    plain = "".join(char for char in spread if not unicodedata.combining(char))
    return normalise(plain.replace("đ", "d"))


def match_key(text):
    """Return the form in which names of a list are compared: "Khơ-me" and "Khơ me" -> "khome"."""
    return _NO_WORD.sub("", search_key(text))


def is_near(one, other):
    """Return whether two names may be one person's, written carelessly: other accents, other order
    of the words, or a letter typed wrong; two letters in a long name.
    """
    first, second = search_key(one), search_key(other)
    if match_key(first) == match_key(second) or sorted(first.split()) == sorted(second.split()):
        return True
    is_long = min(len(first), len(second)) >= _LONG_NAME
    return _within(first, second, 2 if is_long else 1)


def _within(first, second, most):
    """Whether at most so many letters are added, dropped or replaced between the texts."""
    if abs(len(first) - len(second)) > most:
        return False
    before = list(range(len(second) + 1))
    for row, letter in enumerate(first, 1):
        now = [row]
        for column, other in enumerate(second, 1):
            changed = before[column - 1] + (letter != other)
            now.append(min(changed, before[column] + 1, now[-1] + 1))
        before = now
    return before[-1] <= most


def split_name(full_name):
    """Return (family, middle, given) of a full name; a single word is a given name.

    "Nguyễn Thị Hồng Hạnh" -> ("Nguyễn", "Thị Hồng", "Hạnh").
    """
    words = normalise(full_name).split(" ")
    if len(words) == 1:
        return "", "", words[0]
    return words[0], " ".join(words[1:-1]), words[-1]


def list_order_key(full_name):
    """Return the key by which class lists are sorted: given name, middle names, family name.

    Letters count before tones, as in Vietnamese dictionaries: a ă â b c d đ e ê ..., then ngang
    huyền hỏi ngã sắc nặng. Where the tone is written does not matter: "Hòa" and "Hoà" are equal.
    The key consists of digits and lower-case ASCII letters, so any collation sorts it alike.
    """
    family, middle, given = split_name(full_name)
    return _AFTER_GROUP.join(
        _AFTER_WORD.join(_word_key(word) for word in part.split(" ")) if part else ""
        for part in (given, middle, family)
    )


def _word_key(word):
    """Letters of two characters each, a separator below all letters, then the tones."""
    letters, tones = [], []
    for char in unicodedata.normalize("NFC", word.lower()):
        letter, tone = _letter_and_tone(char)
        tones += tone
        letters.append(_letter_key(letter))
    return "".join(letters) + _AFTER_LETTERS + ("".join(tones) or _LEVEL)


def _letter_and_tone(char):
    """Part "ấ" into "â" and the tone sắc; marks that are no tone stay with the letter."""
    spread = unicodedata.normalize("NFD", char)
    tone = [_TONES[mark] for mark in spread if mark in _TONES]
    kept = "".join(mark for mark in spread if mark not in _TONES)
    return unicodedata.normalize("NFC", kept), tone


def _letter_key(letter):
    """Two characters that sort as the alphabet does: a3 a4 a5 b3 ...; digits come before letters.

    Characters of other scripts come last, in the order of their code points; hyphens and other
    punctuation count for nothing.
    """
    if letter in _ALPHABET:
        base = search_key(letter)
        first = _ALPHABET.index(base)
        return f"{base}{3 + _ALPHABET.index(letter) - first}" if letter else ""
    if letter.isascii() and letter.isdigit():
        return f"3{letter}"
    base = search_key(letter)
    if base and base != letter and base in _ALPHABET:
        return f"{base}9"
    return "".join(f"z9{ord(char):06x}" for char in letter if char.isalnum())
