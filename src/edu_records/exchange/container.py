"""The file around a workbook: is it one, is it whole, is it harmless?"""

import io
import lzma
import re
import zipfile
import zlib

import msoffcrypto

from .errors import WorkbookError

__all__ = ["MOST_BYTES", "MOST_UNPACKED", "check_container", "may_have_formulas", "refusal"]

MOST_BYTES = 20_000_000
MOST_UNPACKED = 100_000_000
_MOST_PARTS = 2_000
_CHUNK = 1 << 16

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK"
_PROGRAMS = re.compile(
    r"vbaProject|vbaData|activeX|macrosheets|(?:^|[/\\])embeddings[/\\]"
    r"|\.(?:exe|dll|bat|cmd|com|scr|js|vbs|ps1|jar|msi|hta)$",
    re.IGNORECASE,
)
_BROKEN_ZIP = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError),
    *(EOFError, OSError, NotImplementedError, ValueError),
)
_DECLARATIONS = [
    text.encode(encoding)
    for text in ("<!DOCTYPE", "<!ENTITY")
    for encoding in ("utf-8", "utf-16-le", "utf-16-be")
]
_LONGEST = max(map(len, _DECLARATIONS))

_SENTENCES = {
    "EMPTY": "the file is empty",
    "NOT_A_WORKBOOK": "the file is not an .xlsx workbook",
    "OLD_FORMAT": "the file has the old .xls format",
    "TRUNCATED": "the file is damaged or not complete",
    "ENCRYPTED": "the workbook is protected by a password",
    "MACROS": "the workbook contains macros or embedded programs",
}


def refusal(code):
    """The :class:`WorkbookError` of a code that needs no parameters."""
    return WorkbookError(code, _SENTENCES[code])


def too_large(what, limit):
    """The refusal of a workbook that has more than is ever needed."""
    message = f"the workbook is too large ({what}; at most {limit})"
    return WorkbookError("TOO_LARGE", message, {"what": what, "limit": limit})


def check_container(data):
    """Refuse anything but a whole, harmless zip archive with the parts of a workbook.

    Every part is unpacked in small steps, so that neither a wrong size in the archive's directory
    nor a bomb gets past the limit; document type declarations, which no workbook has, are refused.

    :param bytes data: the file
    :raises WorkbookError: see there for the codes
    """
    if not data.strip(b"\0 \r\n\t"):
        raise refusal("EMPTY")
    if len(data) > MOST_BYTES:
        raise too_large(_megabytes(len(data)), _megabytes(MOST_BYTES))
    if data.startswith(_OLE):
        raise refusal("ENCRYPTED" if _is_encrypted(data) else "OLD_FORMAT")
    if not data.startswith(_ZIP):
        raise refusal("NOT_A_WORKBOOK")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_parts(archive)
    except WorkbookError:
        raise
    except _BROKEN_ZIP as error:
        raise refusal("TRUNCATED") from error
    except RuntimeError as error:  # a zip entry with a password
        raise refusal("ENCRYPTED") from error


def _is_encrypted(data):
    try:
        return bool(msoffcrypto.OfficeFile(io.BytesIO(data)).is_encrypted())
    except Exception:  # whatever a file made to break the parser makes it raise
        return False


def _check_parts(archive):
    parts = archive.infolist()
    if len(parts) > _MOST_PARTS:
        raise too_large(f"{len(parts)} parts", str(_MOST_PARTS))
    if not any(part.filename.replace("\\", "/").endswith("workbook.xml") for part in parts):
        raise refusal("NOT_A_WORKBOOK")
    if any(_PROGRAMS.search(part.filename) for part in parts):
        raise refusal("MACROS")
    unpacked = 0
    for part in parts:
        with archive.open(part) as stream:
            unpacked = _check_part(stream, unpacked, part.filename.endswith(".svg"))


def _check_part(stream, unpacked, is_picture):
    tail = b""
    while chunk := stream.read(_CHUNK):
        unpacked += len(chunk)
        if unpacked > MOST_UNPACKED:
            raise too_large(f"> {_megabytes(MOST_UNPACKED)}", _megabytes(MOST_UNPACKED))
        window = tail + chunk
        if not is_picture and any(declaration in window for declaration in _DECLARATIONS):
            raise refusal("NOT_A_WORKBOOK")
        tail = window[-_LONGEST:]
    return unpacked


def _megabytes(count):
    return f"{count / 1_000_000:.0f} MB"


# -- what is in it, told without parsing -----------------------------------------------------------

_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]|\x00")
_LONGEST_TAG = 64


def may_have_formulas(data):
    """Whether a sheet of a checked workbook may have a formula; said of every UTF-16 sheet too."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            if name.endswith(".xml"):
                with archive.open(name) as stream:
                    if _occurs(_FORMULA, stream):
                        return True
    return False


def _occurs(pattern, stream):
    tail = b""
    while chunk := stream.read(_CHUNK):
        window = tail + chunk
        if pattern.search(window):
            return True
        tail = window[-_LONGEST_TAG:]
    return False


# -- is a full copy safe to make? -----------------------------------------------------------------

_MOST_SHEET_BYTES = 10_000_000
_MOST_SPANNED = 200_000
_SPANS = re.compile(
    rb"<(?:\w+:)?(?:mergeCell|hyperlink)\b[^>]*?\bref\s*=\s*[\"']"
    rb"\$?([A-Za-z]{1,3})\$?(\d{1,7}):\$?([A-Za-z]{1,3})\$?(\d{1,7})"
)


def can_be_copied(data):
    """Whether a checked workbook may be loaded whole with its formats.

    Loading makes an object of every cell, also of every cell in a merged range or a link: a small
    file can ask for milliards of them.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = [name for name in archive.namelist() if name.endswith(".xml")]
        if sum(archive.getinfo(name).file_size for name in names) > _MOST_SHEET_BYTES:
            return False
        spanned = sum(
            _cells(*match) for name in names for match in _SPANS.findall(archive.read(name))
        )
    return spanned <= _MOST_SPANNED


def _cells(left, top, right, bottom):
    width = abs(_column_number(right) - _column_number(left)) + 1
    return width * (abs(int(bottom) - int(top)) + 1)


def _column_number(letters):
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number
