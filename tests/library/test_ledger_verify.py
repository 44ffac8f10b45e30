import base64
import copy
import hashlib
import json

import pytest
from asn1crypto import cms, tsp
from hypothesis import given, settings
from hypothesis import strategies as st

from edu_records.cli.ledger import main
from edu_records.ledger import GENESIS, Event, heads_root, link, next_hash, verify_export
from edu_records.testing import seed

SHEET, PUPIL, ANCHORS = "gradesheet:17", "pupil:4", "anchors:1"
TIME = "2026-11-23T08:30:00.123456Z"


def mark(slot, old, new):
    return Event(
        time=TIME,
        user="7",
        operation="write",
        model="edu.mark",
        record="3",
        slot=slot,
        old=old,
        new=new,
    )


def fact(new, model="edu.student", operation="write"):
    return Event(time=TIME, user="7", operation=operation, model=model, record="4", new=new)


class School:
    """A small ledger that is written the way a school writes it, and its export."""

    def __init__(self):
        self.entries = {SHEET: [], PUPIL: [], ANCHORS: []}
        self.anchors = []

    def append(self, chain, *events):
        seq, last_hash = self.head(chain)
        linked = link(chain, seq, last_hash, events)
        self.entries[chain] += zip(linked, events, strict=True)

    def head(self, chain):
        entries = self.entries[chain]
        return (entries[-1][0].seq, entries[-1][0].hash) if entries else (0, GENESIS)

    def anchor(self):
        heads = {chain: list(self.head(chain)) for chain in self.entries}
        root = heads_root(heads)
        self.anchors.append(
            {
                "seq": len(self.anchors) + 1,
                "root": root,
                "heads": heads,
                "time": TIME,
                "token": token(root),
            }
        )
        self.append(ANCHORS, fact(root, "edu.ledger.anchor", "anchor"))

    def export(self):
        return {
            "schema": "edu.ledger.export/1",
            "school": "S1",
            "made_at": TIME,
            "chains": [
                dict(zip(("name", "kind", "head_seq", "head_hash"), row, strict=True))
                for row in ((chain, "any", *self.head(chain)) for chain in self.entries)
            ],
            "entries": [
                {
                    "chain": entry.chain,
                    "seq": entry.seq,
                    "payload": entry.payload,
                    "prev": entry.prev,
                    "hash": entry.hash,
                    "model": event.model,
                    "record": event.record,
                    "slot": event.slot,
                }
                for entries in self.entries.values()
                for entry, event in entries
            ],
            "anchors": copy.deepcopy(self.anchors),
            "data": {
                "marks": [
                    {
                        "chain": SHEET,
                        "slot": "1:TX1:1",
                        "token": "9",
                        "kind": "value",
                        "entry_seq": 3,
                    },
                    {
                        "chain": SHEET,
                        "slot": "2:TX1:1",
                        "token": None,
                        "kind": "absent",
                        "entry_seq": 2,
                    },
                    {
                        "chain": SHEET,
                        "slot": "2:GK:1",
                        "token": "Đ",
                        "kind": "value",
                        "entry_seq": 4,
                    },
                ]
            },
        }


def token(root, algorithm="sha256"):
    """A timestamp token over ``root`` as far as the verifier looks at one: without signers.

    ``algorithm`` is what the token calls its digest, which is a SHA-256 in any case.
    """
    info = tsp.TSTInfo(
        {
            "version": "v1",
            "policy": "1.2.3",
            "message_imprint": {
                "hash_algorithm": {"algorithm": algorithm},
                "hashed_message": hashlib.sha256(root.encode()).digest(),
            },
            "serial_number": 1,
            "gen_time": "20261123083000Z",
        }
    )
    signed = cms.SignedData(
        {
            "version": "v3",
            "digest_algorithms": [{"algorithm": algorithm}],
            "encap_content_info": {
                "content_type": "tst_info",
                "content": cms.ParsableOctetString(info.dump()),
            },
            "signer_infos": [],
        }
    )
    content = cms.ContentInfo({"content_type": "signed_data", "content": signed})
    return base64.b64encode(content.dump()).decode()


@pytest.fixture
def export():
    school = School()
    school.append(SHEET, mark("1:TX1:1", "", "value|8"), mark("2:TX1:1", "", "absent|"))
    school.append(PUPIL, fact("An"))
    school.anchor()
    school.append(SHEET, mark("1:TX1:1", "value|8", "value|9"), mark("2:GK:1", "", "value|Đ"))
    school.append(PUPIL, fact("Ân"))
    school.anchor()
    return school.export()


def found(export):
    return [(f.code, f.chain, f.seq) for f in verify_export(export).findings]


def entry(export, chain, seq):
    return next(row for row in export["entries"] if (row["chain"], row["seq"]) == (chain, seq))


def chain_row(export, name):
    return next(row for row in export["chains"] if row["name"] == name)


def relink(export, chain):
    """Make a chain consistent in itself again, head included, as a forger would."""
    prev, rows = GENESIS, [row for row in export["entries"] if row["chain"] == chain]
    for row in rows:
        row["prev"], row["hash"] = prev, next_hash(prev, row["payload"])
        prev = row["hash"]
    chain_row(export, chain).update(head_seq=len(rows), head_hash=prev)


@seed("P2.1.3", "P2.2.3c")
def test_an_honest_export_has_no_findings(export):
    report = verify_export(export)
    assert report.findings == ()
    assert report.counts == {
        "chains": 3,
        "entries": 8,
        "anchors": 2,
        "timestamps": 2,
        "marks": 3,
        "values": 0,
    }


def test_an_edited_payload(export):
    row = entry(export, SHEET, 2)
    row["payload"] = row["payload"].replace("absent|", "value|10")
    assert found(export) == [
        ("BROKEN_HASH", SHEET, 2),
        ("DATA_MISMATCH", SHEET, 2),
    ]


def test_an_edited_payload_with_its_hash(export):
    row = entry(export, PUPIL, 1)
    row["payload"] = row["payload"].replace("An", "Anh")
    row["hash"] = next_hash(row["prev"], row["payload"])
    assert found(export) == [
        ("BROKEN_HASH", PUPIL, 2),
        ("ANCHOR_MISMATCH", PUPIL, 1),
    ]


def test_a_rewritten_chain_is_told_by_the_anchors(export):
    row = entry(export, PUPIL, 1)
    row["payload"] = row["payload"].replace("An", "Anh")
    relink(export, PUPIL)
    assert found(export) == [("ANCHOR_MISMATCH", PUPIL, 1), ("ANCHOR_MISMATCH", PUPIL, 2)]


def test_a_deleted_entry(export):
    export["entries"].remove(entry(export, PUPIL, 1))
    assert found(export) == [("GAP", PUPIL, 2), ("ANCHOR_MISMATCH", PUPIL, 1)]


def test_an_inserted_entry(export):
    row = copy.deepcopy(entry(export, PUPIL, 2))
    export["entries"].insert(export["entries"].index(entry(export, PUPIL, 2)), row)
    assert found(export) == [("GAP", PUPIL, 2)]


def test_an_appended_entry(export):
    (forged,) = link(PUPIL, 2, entry(export, PUPIL, 2)["hash"], [fact("Bình")])
    row = {**entry(export, PUPIL, 2), "seq": 3, "payload": forged.payload}
    export["entries"].append({**row, "prev": forged.prev, "hash": forged.hash})
    assert found(export) == [("HEAD_MISMATCH", PUPIL, 2)]


def test_reordered_entries(export):
    rows = export["entries"]
    first, second = rows.index(entry(export, PUPIL, 1)), rows.index(entry(export, PUPIL, 2))
    rows[first], rows[second] = rows[second], rows[first]
    assert found(export) == [
        ("GAP", PUPIL, 2),
        ("GAP", PUPIL, 1),
        ("HEAD_MISMATCH", PUPIL, 2),
    ]


def test_entries_that_swap_their_places(export):
    one, two = entry(export, PUPIL, 1), entry(export, PUPIL, 2)
    one["payload"], two["payload"] = two["payload"], one["payload"]
    assert found(export) == [
        ("BROKEN_HASH", PUPIL, 1),
        ("COLUMN_MISMATCH", PUPIL, 1),
        ("BROKEN_HASH", PUPIL, 2),
        ("COLUMN_MISMATCH", PUPIL, 2),
    ]


def test_a_truncated_chain(export):
    export["entries"].remove(entry(export, PUPIL, 2))
    assert found(export) == [("HEAD_MISMATCH", PUPIL, 2), ("ANCHOR_MISMATCH", PUPIL, 2)]


def test_a_truncated_chain_with_its_head(export):
    export["entries"].remove(entry(export, PUPIL, 2))
    relink(export, PUPIL)
    assert found(export) == [("ANCHOR_MISMATCH", PUPIL, 2)]


def test_a_head_rewritten(export):
    chain_row(export, PUPIL)["head_hash"] = "1" * 64
    assert found(export) == [("HEAD_MISMATCH", PUPIL, 2)]


def test_a_chain_removed(export):
    export["chains"].remove(chain_row(export, PUPIL))
    export["entries"] = [row for row in export["entries"] if row["chain"] != PUPIL]
    assert found(export) == [("MISSING_CHAIN", PUPIL, 1), ("MISSING_CHAIN", PUPIL, 2)]


def test_entries_of_a_chain_that_is_not_listed(export):
    export["chains"].remove(chain_row(export, PUPIL))
    assert found(export) == [("MISSING_CHAIN", PUPIL, 1)]


@pytest.mark.parametrize(("column", "value"), [("model", "x"), ("record", "9"), ("slot", None)])
def test_a_column_that_differs(export, column, value):
    entry(export, PUPIL, 2)[column] = value
    assert found(export) == [("COLUMN_MISMATCH", PUPIL, 2)]


@pytest.mark.parametrize(
    "change",
    [{"token": "10"}, {"kind": "zero"}, {"entry_seq": 1}, {"token": None}],
)
@seed("P2.2.3b")
def test_data_that_was_changed(export, change):
    export["data"]["marks"][0].update(change)
    seq = change.get("entry_seq", 3)
    assert found(export) == [("DATA_MISMATCH", SHEET, seq)]


def test_data_removed_added_or_doubled(export):
    marks = export["data"]["marks"]
    removed = marks.pop(0)
    assert found(export) == [("DATA_MISMATCH", SHEET, 3)]
    marks += [removed, {**removed, "slot": "9:TX1:1"}, dict(removed)]
    assert found(export) == [("DATA_MISMATCH", SHEET, 3)] * 2
    del export["data"]["marks"]
    assert found(export) == [("DATA_MISMATCH", SHEET, seq) for seq in (3, 2, 4)]


def test_anchors_changed(export):
    forged = copy.deepcopy(export)
    forged["anchors"][0]["heads"][PUPIL][1] = "1" * 64
    assert found(forged) == [("ANCHOR_MISMATCH", "", 0), ("ANCHOR_MISMATCH", PUPIL, 1)]
    forged = copy.deepcopy(export)
    forged["anchors"].pop()
    assert found(forged) == [("ANCHOR_MISMATCH", ANCHORS, 2)]
    forged = copy.deepcopy(export)
    forged["anchors"].pop(0)
    assert ("ANCHOR_MISMATCH", ANCHORS, 1) in found(forged)
    forged = copy.deepcopy(export)
    forged["anchors"][1]["heads"] = [1]
    assert found(forged) == [("ANCHOR_MISMATCH", "", 0)]


def test_an_anchor_that_was_renumbered(export):
    export["anchors"][1]["seq"] = 3
    assert found(export) == [("ANCHOR_MISMATCH", "", 0)]


def test_an_anchor_that_was_never_recorded(export):
    export["anchors"].append({**export["anchors"][1], "seq": 3})
    assert found(export) == [("ANCHOR_MISMATCH", "", 0)]


def test_a_head_that_the_chain_does_not_reach_is_named(export):
    export["entries"].remove(entry(export, PUPIL, 2))
    relink(export, PUPIL)
    (finding,) = verify_export(export).findings
    assert finding.message == "anchor 2 names entry 2, which is not there"


def test_a_forged_anchor_needs_a_forged_timestamp_and_a_forged_entry(export):
    anchor = export["anchors"][1]
    del anchor["heads"][PUPIL]
    anchor["root"] = heads_root(anchor["heads"])
    assert found(export) == [("BAD_TIMESTAMP", "", 0), ("ANCHOR_MISMATCH", ANCHORS, 2)]


@pytest.mark.parametrize(
    "forged", ["", "%%%", "AAAA", 7, base64.b64encode(b"0" * 99).decode(), token("f" * 64)]
)
def test_a_timestamp_of_something_else(export, forged):
    export["anchors"][0]["token"] = forged
    assert found(export) == [("BAD_TIMESTAMP", "", 0)]


def test_a_timestamp_with_another_digest(export):
    export["anchors"][0]["token"] = token(export["anchors"][0]["root"], "sha512")
    assert found(export) == [("BAD_TIMESTAMP", "", 0)]


def test_an_anchor_without_timestamp_is_fine(export):
    export["anchors"][0]["token"] = None
    assert found(export) == []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(), children),
)


@settings(max_examples=60, deadline=None)
@given(data=st.data(), value=JSON)
def test_whatever_stands_in_an_export_is_reported_and_not_raised(data, value):
    school = School()
    school.append(SHEET, mark("1:TX1:1", "", "value|8"))
    school.anchor()
    export = school.export()
    part = data.draw(st.sampled_from(["chains", "entries", "anchors"]))
    row = export[part][0]
    key = data.draw(st.sampled_from(sorted(row)))
    row[key] = value
    verify_export(export)


def run(tmp_path, capsys, content):
    path = tmp_path / "export.json"
    path.write_bytes(content)
    code = main(["verify", str(path)])
    return code, capsys.readouterr()


@seed("P2.2.3d")
def test_command_on_honest_and_forged_exports(export, tmp_path, capsys):
    code, output = run(tmp_path, capsys, json.dumps(export).encode())
    assert (code, output.err) == (0, "")
    assert output.out.startswith("OK: 3 chains, 8 entries")
    entry(export, PUPIL, 2)["hash"] = "1" * 64
    code, output = run(tmp_path, capsys, json.dumps(export).encode())
    assert code == 1
    assert output.out.startswith("BROKEN_HASH 'pupil:4' entry 2:")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff",
        b"[]",
        b"{}",
        b"[" * 100_000,
        b'{"schema": "edu.ledger.export/1", "chains": [], "entries": [], "anchors": [],'
        b' "anchors": []}',
        b'{"schema": "edu.ledger.export/2", "chains": [], "entries": [], "anchors": []}',
        b'{"schema": "edu.ledger.export/1", "chains": [], "entries": [7], "anchors": []}',
        b'{"schema": "edu.ledger.export/1", "chains": [], "entries": []}',
        b'{"schema": "edu.ledger.export/1", "chains": [], "entries": [], "anchors": [], "data": 1}',
    ],
)
def test_command_says_in_one_sentence_what_it_cannot_read(content, tmp_path, capsys):
    code, output = run(tmp_path, capsys, content)
    assert code == 2
    assert output.out == ""
    assert output.err.count("\n") == 1


def test_command_on_a_file_that_is_not_there(tmp_path, capsys):
    assert main(["verify", str(tmp_path / "no.json")]) == 2
    assert "cannot be opened" in capsys.readouterr().err


@pytest.mark.parametrize("seq", [1.0, True, "1", None])
def test_an_anchors_number_is_a_whole_number(export, seq):
    export["anchors"][0]["seq"] = seq
    assert found(export) == [("ANCHOR_MISMATCH", "", 0)]


def stamped_school():
    """A school whose ledger records the hash of each timestamp, as schools write it."""
    school = School()
    school.append(PUPIL, fact("An"))
    school.anchor()
    binary = base64.b64decode(school.anchors[0]["token"])
    stamp = Event(
        time=TIME,
        user="7",
        operation="stamp",
        model="edu.ledger.anchor",
        new=school.anchors[0]["root"],
        evidence_sha256=hashlib.sha256(binary).hexdigest(),
    )
    school.append(ANCHORS, stamp)
    export = school.export()
    export["data"]["marks"] = []
    return export


def test_a_timestamp_that_the_ledger_records_cannot_go_or_be_exchanged():
    export = stamped_school()
    assert found(export) == []
    for forged in (None, ""):
        export["anchors"][0]["token"] = forged
        assert found(export) == [("BAD_TIMESTAMP", "", 0)]
    content = cms.ContentInfo.load(base64.b64decode(token(export["anchors"][0]["root"])))
    content["content"]["version"] = "v4"
    export["anchors"][0]["token"] = base64.b64encode(content.dump()).decode()
    (finding,) = verify_export(export).findings
    assert "not the one that the ledger records" in finding.message


def state(new, old=""):
    return Event(
        time=TIME,
        user="7",
        operation="lock",
        model="edu.book",
        record="5",
        slot="state",
        old=old,
        new=new,
    )


def value(value, slot="state", record="5"):
    return {
        "chain": "edu.book:5",
        "model": "edu.book",
        "record": record,
        "slot": slot,
        "value": value,
    }


def test_other_values_are_replayed(export):
    school = School()
    school.entries["edu.book:5"] = []
    school.append("edu.book:5", state("locked"), state("approved"))
    school.append(SHEET, state("locked"))  # a copy in another chain asks for nothing
    export = school.export()
    export["data"] = {"values": [value("approved"), value("1", "version"), value("", "other")]}
    assert found(export) == []
    export["data"]["values"][0]["value"] = "draft"
    assert found(export) == [("DATA_MISMATCH", "edu.book:5", 2)]
    export["data"]["values"][0:2] = [value("approved"), value("2", "version")]
    assert found(export) == [("DATA_MISMATCH", "edu.book:5", 0)]
    export["data"]["values"] = []
    assert found(export) == [("DATA_MISMATCH", "edu.book:5", 2)]
    export["data"]["values"] = [value("approved")] * 2
    assert found(export) == [("DATA_MISMATCH", "edu.book:5", 2)]
    export["data"]["values"] = [value("approved"), {"chain": 1}]
    assert found(export) == [("DATA_MISMATCH", "1", 0)]


def test_values_that_are_said_to_be_complete(export):
    school = School()
    conduct = Event(
        time=TIME, user="7", model="edu.result", record="5", slot="9:conduct", new="TOT"
    )
    school.append(PUPIL, conduct)
    export = school.export()
    export["data"] = {}
    assert found(export) == []
    for slot, expected in (("9:conduct", 1), ("*:conduct", 1), ("*", 1), ("conduct", 0)):
        export["data"]["replayed"] = [{"model": "edu.result", "slot": slot}]
        assert found(export) == [("DATA_MISMATCH", PUPIL, 1)] * expected, slot


def test_an_export_of_some_chains_says_so(export):
    export["scope"] = [PUPIL]
    export["chains"] = [chain_row(export, PUPIL)]
    export["entries"] = [row for row in export["entries"] if row["chain"] == PUPIL]
    export["data"] = {}
    report = verify_export(export)
    assert report.findings == ()
    assert report.notes == ("the export has 1 chains only, not the school's whole ledger",)
    export["entries"].pop()
    relink(export, PUPIL)
    assert found(export) == [("ANCHOR_MISMATCH", PUPIL, 2)]
    export["scope"].append(SHEET)
    assert ("MISSING_CHAIN", SHEET, 0) in found(export)


def test_an_earlier_export_tells_of_what_was_cut_off_with_its_anchors():
    school = School()
    school.append(PUPIL, fact("An"))
    school.anchor()
    school.append(PUPIL, fact("Ân"))
    school.anchor()
    kept = school.export()
    forged = School()
    forged.append(PUPIL, fact("An"))
    forged.anchor()
    forged.append(PUPIL, fact("Bình"))
    forged.anchor()
    export = forged.export()
    export["data"] = {}
    assert found(export) == []
    codes = [(one.code, one.chain, one.seq) for one in verify_export(export, kept).findings]
    assert codes == [("ANCHOR_MISMATCH", PUPIL, 2), ("ANCHOR_MISMATCH", ANCHORS, 2)]
    kept["data"] = {}
    assert verify_export(kept, kept).findings == ()


def test_a_new_epoch_is_told():
    school = School()
    school.anchor()
    epoch = Event(
        time=TIME, user="7", operation="epoch", model="edu.ledger.epoch", old="a" * 64, new="2"
    )
    school.append(ANCHORS, epoch)
    export = school.export()
    export["data"] = {}
    (note,) = verify_export(export).notes
    assert "epoch 2" in note and "a" * 64 in note


@pytest.mark.parametrize("chunk", [1, 7, 64])
def test_a_file_is_read_in_pieces_of_any_size(export, tmp_path, chunk, monkeypatch):
    monkeypatch.setattr("edu_records.ledger.export._CHUNK", chunk)
    path = tmp_path / "export.json"
    for indent in (None, 2):
        path.write_text(json.dumps(export, indent=indent, ensure_ascii=False), "utf-8")
        report = verify_export(path)
        assert (report.findings, report.counts) == ((), verify_export(export).counts)


def test_the_order_of_the_parts_does_not_matter(export, tmp_path):
    path = tmp_path / "export.json"
    path.write_text(json.dumps(dict(reversed(export.items()))), "utf-8")
    assert verify_export(path).findings == ()


def test_command_compares_with_an_earlier_export(export, tmp_path, capsys):
    now, kept = tmp_path / "now.json", tmp_path / "kept.json"
    kept.write_text(json.dumps(export), "utf-8")
    export["entries"].remove(entry(export, PUPIL, 2))
    export["anchors"] = []
    relink(export, PUPIL)
    now.write_text(json.dumps(export), "utf-8")
    assert main(["verify", str(now), "--earlier", str(kept)]) == 1
    assert "the earlier export names entry 2, which is not there" in capsys.readouterr().out


def test_what_no_entry_is_about_yet_has_its_initial_value(export):
    """A pupil who waits needs no entry; whoever is recorded is not reset to it."""
    export["data"]["values"] = [{**value("w", "facts"), "chain": "pupil:9", "record": "9"}]
    assert found(export) == [("DATA_MISMATCH", "pupil:9", 0)]
    export["data"]["replayed"] = [{"model": "edu.book", "slot": "facts", "initial": "w"}]
    assert found(export) == []
    export["data"]["values"][0]["value"] = "x"
    assert found(export) == [("DATA_MISMATCH", "pupil:9", 0)]
