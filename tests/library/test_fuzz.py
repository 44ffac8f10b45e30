"""Damaged files and nonsense are answered, never followed by a crash or believed.

Every input is made from the seed, its suite and its number, so that one can be made again alone.
What counts as an escape is said at each test; a suite fails with the first few.
"""

import hashlib
import json
import re
import sys
from collections import Counter
from dataclasses import replace
from functools import cache
from pathlib import Path

import pades_kit
from exchange_kit import demo
from fuzz_kit import damaged, nasty_cells, nasty_text, nasty_tree, repacked, seeded
from test_exchange_lists import ROWS
from test_ledger_verify import PUPIL, SHEET, School, fact, mark

from edu_records import exchange, pades
from edu_records.ledger import verify_export
from edu_records.ledger.findings import CODES
from edu_records.rules import MarkError, comment_token, mark_token
from edu_records.rules.marks import in_tenths, one_decimal

sys.path.append(str(Path(__file__).resolve().parents[1] / "heavy"))

from heavy_kit import LONG, figure  # noqa: E402

SEED = 20261123
WORKBOOKS = 700 if LONG else 40
LISTS = 200 if LONG else 40
LEDGERS = 12_000 if LONG else 1_000
PDFS = 1_200 if LONG else 60
TOKENS = 500_000 if LONG else 20_000
COLUMNS = ("chain", "seq", "model", "record", "slot")
SHEETS = ("Toán", "Nghệ thuật", "Kết quả rèn luyện")
MARKS = {
    *map(str, range(11)),
    *(f"{whole}.{tenth}" for whole in range(10) for tenth in range(1, 10)),
}


def fuzz(suite, count, attempt, outcomes):
    """Try so many inputs; every outcome has to occur, or the suite does not test what it says.

    :param attempt: function of the chances and the input's number; returns the outcome in a word,
        and whatever it raises is an escape
    """
    escapes = []

    def outcome_of(number):
        try:
            return attempt(seeded(SEED, suite, number), number)
        except Exception as error:
            escapes.append(f"{suite} {number}: {type(error).__name__}: {error}"[:500])
            return "escape"

    seen = Counter(map(outcome_of, range(count)))
    figure("fuzzing", f"{suite}: inputs", count, "inputs")
    for outcome in outcomes:
        figure("fuzzing", f"{suite}: {outcome}", seen[outcome], "inputs")
    figure("fuzzing", f"{suite}: escapes", len(escapes), "inputs")
    assert not escapes, "\n".join(escapes[:5])
    assert set(seen) == set(outcomes)


# -- workbooks ------------------------------------------------------------------------------------


@cache
def workbook(of_marks):
    """The demo's pupils, or three of its sheets of marks."""
    if not of_marks:
        return demo.as_bytes(demo.pupils_book())
    book = demo.marks_book()
    for title in set(book.sheetnames) - set(SHEETS):
        del book[title]
    return demo.as_bytes(book)


def read(chance, number):
    """Escapes: any exception but WorkbookError, an error without a sentence, a mark that is none,
    and a list of errors that cannot be handed back as a workbook.
    """
    of_marks = bool(number % 2)
    data = chance.choice((damaged, repacked, nasty_cells, nasty_cells))(chance, workbook(of_marks))
    try:
        if of_marks:
            table = exchange.read_marks(data, demo.catalogue(), demo.roster(), demo.CLASS)
            assert_marks(table)
        else:
            table = exchange.read_students(data)
    except exchange.WorkbookError as error:
        assert error.code in exchange.MESSAGES and exchange.render(error, "vi")
        return "refused whole"
    for error in table.errors:
        assert isinstance(error, exchange.CellError)
        assert exchange.render(error, "en") and exchange.render(error, "vi")
    if table.errors and number % 5 == 0:
        assert exchange.error_workbook(data, table.errors[:50]).startswith(b"PK")
    return "errors named by cell" if table.errors else "read"


def assert_marks(table):
    for row in table.rows:
        assert {*row["marks"].values()} <= {*MARKS, "Đ", "CĐ", None}, row
    assert {row["level"] for row in table.conduct} <= {*exchange.CONDUCT_LEVELS.values(), None}


def test_a_damaged_workbook_is_read_or_refused():
    fuzz("workbooks", WORKBOOKS, read, ("read", "errors named by cell", "refused whole"))


@cache
def list_workbook(entity):
    """Three rows of a list, as it is handed out."""
    return exchange.table_workbook(entity, [ROWS[entity]] * 3, {"class_code": ["6A"]})


def read_list(chance, number):
    """Escapes: any exception but WorkbookError, a row with a value that is no text, an error
    without a sentence.
    """
    entity = exchange.ENTITIES[number % len(exchange.ENTITIES)]
    change = chance.choice((damaged, repacked, nasty_cells, nasty_cells))
    try:
        table = exchange.read_table(change(chance, list_workbook(entity)), entity)
    except exchange.WorkbookError as error:
        assert error.code in exchange.MESSAGES and exchange.render(error, "vi")
        return "refused whole"
    for row in table.rows:
        assert all(isinstance(value, str) for name, value in row.items() if name != "_row"), row
    assert all(exchange.render(error, "vi") for error in table.errors)
    return "errors named by cell" if table.errors else "read"


def test_a_damaged_list_is_read_or_refused():
    fuzz("lists", LISTS, read_list, ("errors named by cell", "refused whole"))


# -- the ledger -----------------------------------------------------------------------------------


@cache
def export():
    """A small ledger with two timestamped anchors."""
    school = School()
    school.append(SHEET, mark("1:TX1:1", "", "value|8"), mark("2:TX1:1", "", "absent|"))
    school.append(PUPIL, fact("An"))
    school.anchor()
    school.append(SHEET, mark("1:TX1:1", "value|8", "value|9"), mark("2:GK:1", "", "value|Đ"))
    school.append(PUPIL, fact("Ân"))
    school.anchor()
    return school.export()


def meaning(tree):
    """What of an export the verifier answers for, in one text; None when there is no such thing.

    Left out is what it says it does not judge: the school's name, times outside the payloads, the
    kind of a chain, how the chains of a file are mixed, and a timestamp but for its imprint.
    """
    try:
        chains = {}
        for row in tree["entries"]:
            kept = {key: row[key] for key in (*COLUMNS, "payload", "prev", "hash")}
            chains.setdefault(row["chain"], []).append(kept)
        heads = [[row["name"], row["head_seq"], row["head_hash"]] for row in tree["chains"]]
        anchors = [
            [row["seq"] == place, row["root"], row["heads"]]  # 1.0 is the number 1 too
            for place, row in enumerate(tree["anchors"], 1)
        ]
        marks = [
            [row["chain"], row["slot"], row["kind"], row.get("token") or "", row["entry_seq"]]
            for row in tree["data"]["marks"]
        ]
        rest = [sorted(heads), anchors, sorted(marks)]
        return json.dumps([tree["schema"], chains, *rest], sort_keys=True)
    except (KeyError, TypeError, AttributeError):
        return None


def verified(chance, number, path):
    """Escapes: any exception, and no finding although the export does not mean the same."""
    if number % 2:
        tree = source = nasty_tree(chance, export())
    else:
        content = damaged(chance, json.dumps(export(), ensure_ascii=False).encode())
        path.write_bytes(content)
        tree, source = parsed(content), path
    report = verify_export(source)
    assert {finding.code for finding in report.findings} <= CODES
    if report.findings:
        return "findings"
    assert meaning(tree) == meaning(export()), "a change was not found"
    return "nothing changed that counts"


def parsed(content):
    try:
        return json.loads(content)
    except ValueError:
        return None


def test_a_changed_export_of_the_ledger_is_found_out(tmp_path):
    assert not verify_export(export()).findings
    path = tmp_path / "export.json"
    outcomes = ("findings", "nothing changed that counts")
    fuzz("ledger exports", LEDGERS, lambda *given: verified(*given, path), outcomes)


# -- signed files ---------------------------------------------------------------------------------


@cache
def signed():
    """A certified and signed file, what verifying it tells, and the two ends of what is signed."""
    pdf = pades_kit.sign(pades_kit.issued(), "homeroom", "homeroom")
    start, first, second, length = map(
        int, re.findall(rb"/ByteRange \[([\d ]+)\]", pdf)[-1].split()
    )
    assert start == 0 and second + length == len(pdf), "the last signature signs all but itself"
    assert pdf[first : first + 1] == b"<" and pdf[second - 1 : second] == b">"
    filed = [hashlib.sha256(pdf).hexdigest()]
    verdict = pades.verify(pdf, pades_kit.roots(), filed_hashes=filed)
    assert verdict.status == pades.AUTHENTIC and len(verdict.signers) == 2
    return pdf, verdict, first, second


def changed(chance, number):
    """Escapes: any exception; AUTHENTIC for any other bytes; a change of a signed byte that is not
    REFUSED; a change of the unsigned ones (the last signature's own hex text, bytes behind the
    end) that is not REFUSED although the verdict tells something else about a signer.
    """
    pdf, verdict, first, second = signed()
    if number % 2:
        other = flipped(chance, pdf, first, second)
    else:
        other = damaged(chance, pdf)
    if other == pdf:
        return "refused"
    answer = pades.verify(other, pades_kit.roots(), filed_hashes=[verdict.sha256])
    assert answer.status != pades.AUTHENTIC
    if answer.status == pades.REFUSED:
        return "refused"
    whole = other[:first] == pdf[:first] and other[second : len(pdf)] == pdf[second:]
    assert whole, f"a signed byte was changed: {answer.status}"
    assert told(answer, verdict) == told(verdict, verdict), "something else is told"
    return "harmless outside what is signed"


def flipped(chance, pdf, first, second):
    """One to three bytes changed: anywhere, or only in the unsigned hex text and as hex text."""
    data = bytearray(pdf)
    inside = chance.random() < 0.5
    hexadecimal = len(pdf[first:second].rstrip(b"0>"))  # what follows is filling
    for _time in range(chance.randint(1, 3)):
        if inside:
            place = first + 1 + chance.randrange(hexadecimal)
            data[place] = chance.choice(b"0123456789abcdefABCDEF")
        else:
            data[chance.randrange(len(pdf))] ^= chance.randrange(1, 256)
    return bytes(data)


def told(answer, verdict):
    """What a verdict says; a time stamp that is gone counts as there if its loss is a warning."""
    warned = {one.field for one in answer.warnings if one.code == "NO_TIMESTAMP"}
    times = {one.field: one.timestamp for one in verdict.signers}
    signers = [
        replace(one, timestamp=times[one.field]) if one.field in warned else one
        for one in answer.signers
    ]
    return signers, answer.attachment


def test_a_changed_signed_file_is_refused():
    outcomes = ("refused", "harmless outside what is signed")
    fuzz("signed files", PDFS, changed, outcomes)


# -- typed marks ----------------------------------------------------------------------------------


def typed(chance, _number):
    """Escapes: any exception but MarkError, a token that is not one of the 101 marks or Đ and CĐ,
    and a token that does not stand for itself.
    """
    text = nasty_text(chance)
    if chance.random() < 0.2:
        text += chr(chance.randrange(0xD800, 0xE000))  # half a character, as broken clients send it
    tokens = []
    for read_token, good in ((mark_token, MARKS), (comment_token, {"Đ", "CĐ"})):
        try:
            token = read_token(text)
        except MarkError as error:
            assert error.typed == text and str(error)
            continue
        assert token in good and read_token(token) == token, f"{text!r} -> {token!r}"
        tokens.append(token)
    if tokens and tokens[0] in MARKS:
        assert one_decimal(in_tenths(tokens[0])).removesuffix(".0") == tokens[0]
    return "tokens" if tokens else "refused"


def test_any_text_is_a_mark_or_refused():
    fuzz("typed marks", TOKENS, typed, ("tokens", "refused"))
