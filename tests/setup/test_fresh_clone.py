"""Set-up from nothing, as a plain user, in a folder with blanks, cut short again and again."""

import hashlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import pytest
from packaging_kit import copy_of_sources

LONG = pytest.mark.skipif(not os.environ.get("EDU_LONG"), reason="only with EDU_LONG=1")
USER = "edu-set-up-test"


@pytest.fixture
def somebody():
    """A plain user: ourselves, or for root one that is made and removed."""
    if os.geteuid():
        yield pwd.getpwuid(os.geteuid())
        return
    subprocess.run(["useradd", "--create-home", USER], check=True)
    yield pwd.getpwnam(USER)
    subprocess.run(["userdel", "--remove", USER], capture_output=True)


@pytest.fixture
def clone(somebody):
    """A clone in a folder with blanks that belongs to that user."""
    top = Path(
        tempfile.mkdtemp(prefix="edu-clone-", dir=os.environ.get("EDU_LONG_DIR", "/var/tmp"))
    )
    target = top / "edu records"
    target.mkdir()
    copy_of_sources(target)
    if not os.geteuid():
        subprocess.run(["chown", "-R", f"{somebody.pw_uid}:{somebody.pw_gid}", top], check=True)
    yield target
    make(target, somebody, "stop").wait()
    mark = hashlib.sha256(os.fsencode(target)).hexdigest()[:12]
    shutil.rmtree(f"/var/tmp/edu-records-{somebody.pw_uid}-{mark}", ignore_errors=True)
    shutil.rmtree(top)


def make(folder: Path, user, *words: str) -> subprocess.Popen:
    """Start make in the folder as the user, with an empty environment and a group of its own."""
    keep = {name: os.environ[name] for name in os.environ if name.startswith("PIP_")}
    who = {} if os.geteuid() else {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    return subprocess.Popen(
        ["make", "-C", str(folder), *words],
        cwd="/",
        env={
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "HOME": user.pw_dir,
            "LANG": "C.UTF-8",
            **keep,
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        **who,
    )


@LONG
def test_set_up_survives_every_interruption(clone, somebody):
    for seconds in (1, 4, 12, 25, 33):
        run = make(clone, somebody, "setup")
        time.sleep(seconds)
        if run.poll() is None:
            os.killpg(run.pid, signal.SIGINT)
        output = run.communicate(timeout=600)[0]
        assert run.returncode == 0 or "run the same command again" in output
    run = make(clone, somebody, "setup")
    output = run.communicate(timeout=900)[0]
    assert run.returncode == 0 and "Set-up is complete." in output, output[-2000:]
    again = make(clone, somebody, "setup")
    assert ": done in" not in again.communicate(timeout=600)[0]
    assert not again.returncode
