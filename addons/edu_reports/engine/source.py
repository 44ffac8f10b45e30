"""Reading RML: parse it without entities, clean its text, and refuse what is not allowed."""

import re
import unicodedata

from lxml import etree

from .errors import EngineError
from .schema import REQUIRED, TAGS

MAX_CHARACTERS = 20_000_000
# C0 and C1 controls, soft hyphen, zero-width and bidirectional marks, byte order mark,
# noncharacters: invisible, so they could make a printed name differ from what is read
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\ufffe\uffff]"
)
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")


def clean(text):
    """``text`` in NFC without control and other invisible characters."""
    return unicodedata.normalize("NFC", _INVISIBLE.sub("", text))


def parse(rml):
    """Parse RML text into a checked tree.

    :raises EngineError: not well formed, a DOCTYPE, an unknown tag or attribute, a bad value
    """
    if len(rml) > MAX_CHARACTERS:
        raise EngineError(f"The RML is longer than {MAX_CHARACTERS} characters.")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True
    )
    text = _INVISIBLE.sub("", _DECLARATION.sub("", rml))
    try:
        root = etree.fromstring(text.encode(), parser)
    except etree.XMLSyntaxError as error:
        raise EngineError(f"The RML is not well formed: {error}") from error
    if root.getroottree().docinfo.doctype:
        raise EngineError("A DOCTYPE is not allowed in RML.")
    if root.tag != "document":
        raise EngineError(f"The RML begins with <{root.tag}> instead of <document>.")
    for element in root.iter():
        _check(element)
    return root


def _check(element):
    if not isinstance(element.tag, str):
        raise EngineError("Processing instructions and entities are not allowed in RML.")
    if element.tag not in TAGS:
        raise EngineError(f"The tag <{element.tag}> is not allowed{_where(element)}.")
    tag = TAGS[element.tag]
    _check_attributes(element, tag)
    for child in element:
        if isinstance(child.tag, str) and child.tag in TAGS and child.tag not in tag.children:
            raise EngineError(
                f"The tag <{child.tag}> is not allowed in <{element.tag}>{_where(child)}."
            )
    _check_text(element, tag)


def _check_attributes(element, tag):
    for name, value in element.attrib.items():
        pattern = tag.attributes.get(name)
        if pattern is None:
            raise EngineError(
                f"The attribute {name} of <{element.tag}> is not allowed{_where(element)}."
            )
        if not pattern.fullmatch(value):
            raise EngineError(
                f"The attribute {name} of <{element.tag}> has a bad value: {value[:80]!r}"
                f"{_where(element)}."
            )
        element.set(name, clean(value))
    missing = REQUIRED.get(element.tag, set()) - set(element.keys())
    if missing:
        raise EngineError(f"<{element.tag}> needs {', '.join(sorted(missing))}{_where(element)}.")


def _check_text(element, tag):
    if element.text:
        element.text = clean(element.text)
    for child in element:
        if child.tail:
            child.tail = clean(child.tail)
    mixed = element.tag != "td" or len(element) == 0
    if tag.text and mixed:
        return
    pieces = [element.text, *(child.tail for child in element)]
    stray = "".join(piece or "" for piece in pieces).strip()
    if stray:
        raise EngineError(f"Text is not allowed in <{element.tag}>: {stray[:80]!r}.")


def _where(element):
    return f" (line {element.sourceline})" if element.sourceline else ""
