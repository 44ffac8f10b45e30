"""Seeded damage: to bytes, to the parts and cells of a workbook, to a tree of JSON values."""

import copy
import io
import random
import re
import zipfile

__all__ = ["damaged", "nasty_cells", "nasty_text", "nasty_tree", "repacked", "seeded"]

_CELL = re.compile(rb'<c r="([A-Z]+\d+)"[^>]*?(?:/>|>.*?</c>)', re.DOTALL)
_SHEET = re.compile(r"xl/worksheets/sheet\d+\.xml")

_TEXTS = [
    *("", " ", "\t\n", "0", "-0", "+8", "8,", ",5", "8..5", "8,5,5", "08", "8e0", "1e999", "NaN"),
    *("Infinity", "10,0", "10.01", "11", "-1", "8.55", "½", "٨", "８", "Đ", "Ð", "đ", "CĐ", "cd"),
    *(
        "D\u0323",
        "C\u00d0",
        "Đ\u200b",
        "\ufeff8",
        "8\u00a0",
        "\u202e8",
        "#REF!",
        "=1+1",
        "@SUM(A1)",
    ),
    *("null", "True", "31/02/2015", "29/02/2015", "0000-00-00", "9999-12-31", "1/1/1", "TAM-1"),
    *(
        "\u0301",
        "e\u0301" * 300,
        "x" * 40_000,
        "{0.__class__}",
        "%s%n",
        "𝟖",
        "👩‍👩‍👧",
        "\U0010ffff",
    ),
]
_CELLS = [  # from the attributes to before the end tag
    *('t="n"><v>1e999</v>', 't="n"><v>-1e-320</v>', 't="n"><v></v>', 't="n"><v>8.55</v>'),
    *('t="n"><v>١</v>', f't="n"><v>{"9" * 400}</v>', 't="b"><v>1</v>', 't="e"><v>#N/A</v>'),
    *('t="e"/>', 't="d"><v>2015-03-05</v>', 't="zzz"><v>8</v>', "><f>1/0</f>"),
    *("><f>A1</f><v>8</v>", 't="str"><f>B2</f><v></v>', 's="99999"><v>42000</v>'),
    *('s="2"><v>-42000</v>', 's="2"><v>2958466</v>', 's="2"><v>0.5</v>', 's="2"><v>60</v>'),
    't="inlineStr"><is></is>',
]
_BROKEN_CELLS = [  # those that no reader can make anything of
    *('t="n"><v>NaN</v>', 't="n"><v>0x10</v>', 't="s"><v>99999999</v>', 't="s"><v>-1</v>'),
    *('t="b"><v>maybe</v>', 't="d"><v>nonsense</v>', 't="inlineStr"><is/>'),
]


def damaged(chance, data):
    """The bytes with one to four changes: bits flipped, a piece cut, doubled, zeroed, or no end."""
    data = bytearray(data)
    for _time in range(chance.randint(1, 4)):
        start = chance.randrange(len(data) or 1)
        end = start + chance.choice((1, 2, 16, 300))
        piece = bytes(data[start:end])
        kind = chance.randrange(8)
        if kind == 0:
            del data[start:]
        elif kind == 1:
            del data[start:end]
        elif kind == 2:
            data[start:start] = piece
        elif kind == 3:
            data[start:end] = bytes(len(piece))
        elif piece:
            data[start] ^= 1 << chance.randrange(8)
    return bytes(data)


# -- workbooks ------------------------------------------------------------------------------------


def repacked(chance, workbook):
    """The workbook with one part damaged, in an archive that is whole again."""
    parts = _parts(workbook)
    name = chance.choice(sorted(parts))
    return _packed({**parts, name: damaged(chance, parts[name])})


def nasty_cells(chance, workbook):
    """The workbook with up to twelve cells of one sheet replaced by what nobody expects there."""
    parts = _parts(workbook)
    name = chance.choice(sorted(filter(_SHEET.fullmatch, parts)))
    cells = list(_CELL.finditer(parts[name]))
    content = parts[name]
    for cell in sorted(chance.sample(cells, min(12, len(cells))), key=lambda one: -one.start()):
        place = cell[1].decode()
        if chance.random() < 0.03:
            place = chance.choice(("XFD1048576", "A0", "ZZZZ9", "", "A1"))
        new = f'<c r="{place}" {_content(chance)}</c>'.replace("/></c>", "/>")
        content = content[: cell.start()] + new.encode() + content[cell.end() :]
    return _packed({**parts, name: content})


def _content(chance):
    """A cell from its attributes to before its end."""
    kind = chance.random()
    if kind < 0.5:
        return chance.choice(_BROKEN_CELLS if kind < 0.03 else _CELLS)
    text = "".join(f"&#{ord(one)};" for one in nasty_text(chance) if one >= " " or one in "\t\n")
    return f't="inlineStr"><is><t xml:space="preserve">{text}</t></is>'


def _parts(workbook):
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _packed(parts):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return target.getvalue()


# -- texts and trees ------------------------------------------------------------------------------


def nasty_text(chance):
    """A known troublemaker, or random characters; never a lone surrogate."""
    kind = chance.randrange(4)
    if kind == 0:
        return chance.choice(_TEXTS)
    if kind == 1:
        return "".join(chance.choices("0123456789.,+- ĐđDdCcÐ\u0323\u0301\u00a0", k=_few(chance)))
    if kind == 2:
        return chance.choice(_TEXTS[:-6]) + chr(chance.randrange(0xD800)) + chance.choice(_TEXTS)
    codes = (chance.randrange(0x10F800) for _time in range(_few(chance)))
    return "".join(chr(code if code < 0xD800 else code + 0x800) for code in codes)


def _few(chance):
    return chance.randint(1, 6)


def nasty_tree(chance, tree):
    """A copy of the JSON value with one change somewhere: replaced, removed, doubled or moved."""
    tree = copy.deepcopy(tree)
    places = list(_places(tree))
    holder, key = chance.choice(places)
    kind = chance.randrange(6)
    if kind == 0:
        del holder[key]
    elif kind == 1 and isinstance(holder, list):
        holder.insert(chance.randrange(len(holder) + 1), copy.deepcopy(holder[key]))
    elif kind == 2 and isinstance(holder, list):
        holder.insert(chance.randrange(len(holder)), holder.pop(key))
    elif kind == 3:
        source, name = chance.choice(places)
        holder[key] = copy.deepcopy(source[name])
    else:
        holder[key] = _nasty_value(chance, holder[key])
    return tree


def _places(tree):
    """(list or dict, index or key) of every value below."""
    keys = list(tree) if isinstance(tree, dict) else range(len(tree))
    for key in keys:
        yield tree, key
        if isinstance(tree[key], dict | list):
            yield from _places(tree[key])


def _nasty_value(chance, old):
    if isinstance(old, str) and old and chance.random() < 0.6:
        place = chance.randrange(len(old))
        return (
            old[:place] + chance.choice((chr(ord(old[place]) ^ 1), "", "\u0301")) + old[place + 1 :]
        )
    if type(old) is int and chance.random() < 0.6:
        return old + chance.choice((-1, 1, 2**70, 0.5))
    simple = [None, True, False, 0, -1, 1.0, float("nan"), "", "0" * 64, [], {}, [[]], {"": None}]
    return chance.choice([*simple, "\ud800", nasty_text(chance), [old], {"a": old}])


def seeded(seed, what, number):
    """The chances of one input, so that it can be made again alone."""
    return random.Random(f"{seed} {what} {number}")
