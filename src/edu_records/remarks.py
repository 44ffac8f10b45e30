"""Checks of remarks about pupils before they are saved: copied to the wrong pupil, one sentence for
half the class, nothing said.

Pure functions. They forbid nothing: they answer findings, and whoever saves answers for them.
"""

import re
from collections import Counter
from dataclasses import dataclass

from .names import list_order_key, normalise, search_key, split_name

__all__ = [
    "GIVEN_NAME",
    "RemarkFinding",
    "check_remarks",
    "fill_phrase",
    "other_names",
    "sentences",
]

GIVEN_NAME = "{tên}"
"""What a phrase of the bank says where the pupil's given name comes."""
_SHORT = 3
"""A sentence of fewer words ("Ngoan.") may be everybody's."""
_WORD = re.compile(r"[^\W_]+")
_LETTER = re.compile(r"[^\W\d_]")
_SENTENCE = re.compile(r"[.!?;…\n]+")
_OPENERS = re.compile(r"(^|[.!?;:…\n\-+*•(\"“])\s*$")
# words that are given names too, with their neighbour: no person is meant
_PAIRS_THAT_OPEN = """
    an toan, an tam, an ninh, anh van, binh tinh, binh thuong, binh dang, cong bang, chi tiet,
    dung cam, dung gio, duc do, duc tinh, hanh kiem, hanh vi, hien lanh, hien hau, hieu bai,
    hieu biet, hieu hoc, hieu thao, hoa dong, hoa nha, hoa nhap, hung thu, hung bien, huong
    dan, huong ung, ky luat, ky nang, le phep, le do, linh hoat, loi noi, manh dan, minh bach,
    nam bat, ngoan ngoan, nhan ai, nhan hau, nhanh nhen, nhu cau, phuc vu, phuong phap, quan
    tam, quang dai, quyet tam, sang tao, sang suot, son ca, tai nang, tam ly, tam huyet, thanh
    thao, thanh cong, thanh thuc, thao van, thang than, thien ve, thong minh, thu vien, tien
    bo, tien trien, tin tuong, tin hoc, toan dien, trang thai, trong tam, trung thuc, trung
    binh, tu duy, tuan nay, tuan qua, tuan sau, vinh du, van nghe, van hoa, vui ve, xuan ve, y
    thuc, yen lang, ngoc nga, thuy chung, chinh xac, chinh ta, chau chuot, ha quyet
"""
_PAIRS_ANYWHERE = """
    tieng anh, ngu van, mon van, mon toan, mon su, mon anh, mon tin, lich su, va van, toan van
"""


def _pairs(text):
    return frozenset(" ".join(pair.split()) for pair in text.split(","))


_BEHIND, _BEFORE = _pairs(_PAIRS_THAT_OPEN), _pairs(_PAIRS_ANYWHERE)


@dataclass(frozen=True)
class RemarkFinding:
    """Something that looks like a mistake in a remark.

    :param str code: ``OTHER_NAME``, ``REPEATED`` or ``NO_WORDS``
    :param key: whose remark it is
    :param str word: the name or the sentence
    :param int count: for how many pupils the sentence stands
    """

    code: str
    key: object
    word: str = ""
    count: int = 0


def check_remarks(remarks, names, most, keys=None):
    """Return the findings about remarks of one class, in the order of ``remarks``.

    :param dict remarks: ``{key: text}``; all remarks as they would stand together, "" for none
    :param dict names: ``{key: full name}`` of the class; a remark of no pupil names whom it likes
    :param int most: so many pupils may have one sentence
    :param keys: only what is said of these; all by default
    :return: list of :class:`RemarkFinding`
    """
    wanted = set(remarks if keys is None else keys)
    found = []
    repeated = _repeated(remarks, most)
    for key, text in remarks.items():
        if key not in wanted or not text:
            continue
        if not _LETTER.search(text):
            found.append(RemarkFinding("NO_WORDS", key, text))
        if key not in names:
            continue
        others = [name for other, name in names.items() if other != key]
        found += [
            RemarkFinding("OTHER_NAME", key, name) for name in other_names(text, names[key], others)
        ]
        shown = set()
        for sentence in sentences(text):
            mark = search_key(sentence)
            if repeated.get(mark, 0) > most and mark not in shown:
                shown.add(mark)
                found.append(RemarkFinding("REPEATED", key, sentence, repeated[mark]))
    return found


def sentences(text):
    """The sentences of a text that are long enough to be compared."""
    parts = (normalise(part) for part in _SENTENCE.split(text))
    return [part for part in parts if len(part.split(" ")) >= _SHORT]


def _repeated(remarks, most):
    counts = Counter()
    for text in remarks.values():
        counts.update({search_key(sentence) for sentence in sentences(text or "")})
    return {mark: count for mark, count in counts.items() if count > most}


def other_names(text, own, others):
    """Return those of ``others`` (full names) that the remark about ``own`` names.

    A name counts with at least two of its words in a row, whatever their accents and case; the
    given name alone where it is written with a capital letter and its accents (wherever the tone
    stands), or in a text that has no accents at all. Words of the pupil's own name never count.
    """
    text = normalise_lines(text)
    words = [(match.group(), match.start()) for match in _WORD.finditer(text)]
    plain = text.isascii()
    own_keys = {search_key(word) for word in own.split()}
    found = []
    for name in dict.fromkeys(others):
        parts = normalise(name).split(" ")
        if search_key(name) == search_key(own):
            continue
        if any(_names(text, words, place, parts, own_keys, plain) for place in range(len(words))):
            found.append(name)
    return found


def normalise_lines(text):
    """NFC with its lines: where a sentence begins is still seen."""
    return "\n".join(normalise(line) for line in text.splitlines())


def _names(text, words, place, parts, own_keys, plain):
    """Whether the given name of a person called ``parts`` stands at ``place``, and means them."""
    word, start = words[place]
    given = parts[-1]
    if search_key(word) != search_key(given):
        return False
    before = search_key(words[place - 1][0]) if place else ""
    if len(parts) > 1 and before == search_key(parts[-2]):
        # two words of the name in a row; more of them where the pupil's own name has these two
        return not {before, search_key(given)} <= own_keys or _whole(words, place, parts)
    if search_key(given) in own_keys or not word[0].isupper():
        return False
    same = plain or list_order_key(word.lower()) == list_order_key(given.lower())
    if not same or f"{before} {search_key(word)}" in _BEFORE:
        return False
    opens = bool(_OPENERS.search(text[:start]))
    if place and not opens and words[place - 1][0][0].isupper() and _touches(text, words, place):
        # somebody else's name, unless it is a word of this one
        return before in {search_key(part) for part in parts} and before not in own_keys
    behind = search_key(words[place + 1][0]) if place + 1 < len(words) else ""
    return not (opens and f"{search_key(word)} {behind}" in _BEHIND)


def _whole(words, place, parts):
    start = place - len(parts) + 1
    row = [search_key(word) for word, _start in words[max(start, 0) : place + 1]]
    return start >= 0 and row == [search_key(part) for part in parts]


def _touches(text, words, place):
    """Whether only blanks stand between a word and the one before it, which opens no sentence."""
    word, start = words[place - 1]
    between = text[start + len(word) : words[place][1]]
    return not between.strip() and not _OPENERS.search(text[:start])


def fill_phrase(text, full_name):
    """Return a phrase of the bank with the pupil's given name in its place."""
    return text.replace(GIVEN_NAME, split_name(full_name)[2])
