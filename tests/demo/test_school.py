"""The invented school of three levels and the centre, made by the real methods."""

import os
import re
import subprocess
import sys
from pathlib import Path

import psycopg2
import pytest
from psycopg2 import sql

from edu_records.testing import seed

TOOL = Path(__file__).resolve().parents[2] / "tools" / "demo_school.py"
LONG = os.environ.get("EDU_LONG") == "1"
SHARE = 1 if LONG else 14
"""Classes are so many times smaller in the short run."""
MOST_SECONDS = 180


def execute(statement, database="postgres"):
    connection = psycopg2.connect(dbname=database)
    connection.autocommit = True
    try:
        with connection.cursor() as cr:
            cr.execute(statement)
            return cr.fetchall() if cr.description else None
    finally:
        connection.close()


@pytest.fixture(scope="module")
def school():
    """A copy of the tests' database with the school in it: ``(name, what the tool said)``."""
    name = "edu_test_school"
    copy = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    execute(drop)
    source = sql.Identifier(os.environ["EDU_TEST_DATABASE"])
    execute(copy.format(sql.Identifier(name), source))
    try:
        done = subprocess.run(
            [sys.executable, str(TOOL), "-d", name, "--share", str(SHARE)],
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-3000:]
        yield name, done.stdout
    finally:
        execute(drop)


def test_the_school_has_thirty_classes_and_what_belongs_to_them(school):
    name, _said = school
    classes = execute(
        "SELECT grade_number, count(*), count(homeroom_user_id), count(regulation_id)"
        " FROM edu_class c JOIN res_company s ON s.id = c.company_id"
        " WHERE s.edu_code = '38000002' GROUP BY grade_number ORDER BY grade_number",
        name,
    )
    assert sum(count for _grade, count, _head, _rules in classes) == 30
    assert [grade for grade, *_rest in classes] == list(range(1, 13))
    assert all(count == heads == rules for _grade, count, heads, rules in classes)
    pupils, numbers = execute(
        "SELECT count(*), count(DISTINCT register_number) FROM edu_student s"
        " JOIN res_company c ON c.id = s.company_id"
        " WHERE c.edu_code = '38000002' AND status = 'studying'",
        name,
    )[0]
    assert pupils == numbers
    assert pupils == 1200 if LONG else 60 <= pupils <= 90
    (guardians,) = execute(
        "SELECT count(*) FROM edu_guardian g JOIN res_company c ON c.id = g.company_id"
        " WHERE c.edu_code = '38000002'",
        name,
    )[0]
    assert guardians == 2 * pupils


@seed("P2.2.1")
def test_the_centre_is_assessed_by_its_own_circular(school):
    rules = execute(
        "SELECT DISTINCT r.code FROM edu_class c JOIN res_company s ON s.id = c.company_id"
        " JOIN edu_regulation r ON r.id = c.regulation_id WHERE s.edu_code = '38000003'",
        school[0],
    )
    words = execute(
        "SELECT k.head_title, k.learner_word FROM res_company s"
        " JOIN edu_institution_kind k ON k.id = s.edu_kind_id WHERE s.edu_code = '38000003'",
        school[0],
    )
    assert rules == [("TT43",)]
    assert words == [("Giám đốc", "học viên")]


def test_every_status_came_from_a_movement(school):
    (without,) = execute(
        "SELECT count(*) FROM edu_student s WHERE status = 'studying' AND NOT EXISTS"
        " (SELECT 1 FROM edu_movement m WHERE m.student_id = s.id AND m.kind = 'admission')",
        school[0],
    )[0]
    (movements,) = execute("SELECT count(*) FROM edu_movement", school[0])[0]
    assert without == 0
    assert movements >= 60


def test_a_second_school_of_the_same_code_is_refused(school):
    done = subprocess.run(
        [sys.executable, str(TOOL), "-d", school[0], "--share", str(SHARE)],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "is there already" in done.stderr


@pytest.mark.skipif(not LONG, reason="only with EDU_LONG=1")
def test_it_is_made_in_time(school):
    seconds = float(re.search(r"done in ([\d.]+) s", school[1])[1])
    assert seconds < MOST_SECONDS
