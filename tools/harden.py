#!/usr/bin/env python3
"""Give a database's ledger, logs and filed records to a role that Odoo's role cannot act as.

    .edu/venv/bin/python tools/harden.py DATABASE [--odoo-role odoo] [--owner edu_ledger]

It connects as the database superuser EDU_DB_ADMIN (default: postgres). Afterwards Odoo can read
and append to the ledger's entries, the logs of prints and accesses, snapshots, filed revisions and
evidence, and nothing else: it cannot change or delete a row, nor disable or replace the triggers
that check one, nor drop the table: the database and its schema belong to others too. Of chains it
may move the head, under the triggers. Running it again changes nothing.
"""

from __future__ import annotations

import argparse
import os

import postgres
from places import Failure, main, say

UPDATABLE = ("edu_ledger_chain",)
"""Given away too, although Odoo changes their rows: a chain's head follows its last entry."""
SEALED = """
    SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger
    JOIN pg_proc ON pg_proc.oid = tgfoid
    WHERE proname IN ('edu_ledger_refuse', 'edu_kept_refuse') AND tgtype & 16 <> 0
"""
"""Tables that take new rows only: a trigger of ours refuses their UPDATE."""
FUNCTIONS = """
    SELECT DISTINCT oid::regprocedure::text FROM pg_proc
    WHERE proname IN ('edu_facts', 'edu_recorded', 'edu_record_check')
        OR oid IN (SELECT tgfoid FROM pg_trigger WHERE tgrelid = ANY(%s::regclass[])
            AND NOT tgisinternal)
"""
"""What the triggers of these tables run, and what checks records."""


def harden(database: str, odoo_role: str = postgres.ROLE, owner: str = postgres.LEDGER_OWNER):
    """Move the sealed tables and their triggers' functions of ``database`` to ``owner``.

    Raises Failure when the connection is no superuser's, when the database has no ledger, or when
    Odoo's role could undo it (a superuser, or a member of ``owner``).
    """
    import psycopg2
    from psycopg2 import sql

    connection = psycopg2.connect(dbname=database, **superuser())
    try:
        with connection, connection.cursor() as cr:
            _check(cr, database, odoo_role, owner)
            cr.execute("SELECT current_user")
            names = {
                "owner": sql.Identifier(owner),
                "odoo": sql.Identifier(odoo_role),
                "superuser": sql.Identifier(cr.fetchone()[0]),
                "database": sql.Identifier(database),
            }
            statements = [
                "ALTER DATABASE {database} OWNER TO {superuser}",
                "ALTER SCHEMA public OWNER TO {owner}",
                "GRANT USAGE, CREATE ON SCHEMA public TO {odoo}",
                *_sealing(cr),
            ]
            for statement in statements:
                cr.execute(sql.SQL(statement).format(**names))
    finally:
        connection.close()


def _sealing(cr) -> list[str]:
    """The statements that give tables and functions away; the names are the database's own."""
    cr.execute(SEALED)
    tables = {table: "SELECT, INSERT" for (table,) in cr.fetchall()}
    tables.update(dict.fromkeys(UPDATABLE, "SELECT, INSERT, UPDATE"))
    cr.execute(FUNCTIONS, [list(tables)])
    statements = [f"ALTER FUNCTION {one} OWNER TO {{owner}}" for (one,) in cr.fetchall()]
    for table, rights in tables.items():
        statements += [
            f"ALTER TABLE {table} OWNER TO {{owner}}",
            f"REVOKE ALL ON {table} FROM {{odoo}}",
            f"GRANT {rights} ON {table} TO {{odoo}}",
            f"REVOKE ALL ON SEQUENCE {table}_id_seq FROM {{odoo}}",
            f"GRANT USAGE, SELECT ON SEQUENCE {table}_id_seq TO {{odoo}}",
        ]
    return statements


def superuser() -> dict[str, str]:
    """Connection arguments of a superuser of the server in use."""
    given = postgres.environment()
    arguments = {"host": given["PGHOST"], "user": os.environ.get("EDU_DB_ADMIN", "postgres")}
    if "PGPORT" in given:
        arguments["port"] = given["PGPORT"]
    return arguments


def _check(cr, database, odoo_role, owner):
    from psycopg2 import sql

    cr.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
    if not cr.fetchone()[0]:
        raise Failure(
            "hardening needs a database superuser: set EDU_DB_ADMIN to one and run it again."
        )
    cr.execute("SELECT to_regclass('edu_ledger_entry') IS NULL")
    if cr.fetchone()[0]:
        raise Failure(f"the database {database} has no ledger: install the addon edu_core first.")
    cr.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [owner])
    if not cr.fetchone():
        cr.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(owner)))
    cr.execute(
        "SELECT rolsuper OR pg_has_role(rolname, %s, 'MEMBER') FROM pg_roles WHERE rolname = %s",
        [owner, odoo_role],
    )
    row = cr.fetchone()
    if row is None or row[0]:
        raise Failure(
            f"the role {odoo_role} is missing, a superuser or a member of {owner}: give Odoo an"
            " ordinary role of its own and run this again."
        )


def command() -> int:
    """Entry point of the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("database")
    parser.add_argument("--odoo-role", default=postgres.ROLE)
    parser.add_argument("--owner", default=postgres.LEDGER_OWNER)
    arguments = parser.parse_args()
    postgres.start()
    harden(arguments.database, arguments.odoo_role, arguments.owner)
    say(f"{arguments.database}: ledger, logs and filed records belong to {arguments.owner}.")
    return 0


if __name__ == "__main__":
    main(command)
