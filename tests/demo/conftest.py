"""The main job, run once as a user would run it, and a server with a browser on its result."""

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ROOT / "tools"
sys.path.insert(0, str(TOOLS))

DATABASE = "edu_test_demo"
OUT = ROOT / "out" / "test-demo"
CA_PORT = 9017


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(port, process):
    """Whether something listens on ``port`` before ``process`` ends, or a minute."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return True
        time.sleep(0.2)
    return False


def environment(**more):
    return {
        **os.environ,
        "EDU_SERVE": "0",
        "EDU_DEMO_DB": DATABASE,
        "EDU_DEMO_OUT": str(OUT),
        "EDU_CA_PORT": str(CA_PORT),
        **more,
    }


def run_demo(**more):
    """``tools/demo.py`` as ``make demo`` calls it."""
    return subprocess.run(
        [sys.executable, str(TOOLS / "demo.py")],
        env=environment(**more),
        capture_output=True,
        text=True,
    )


@pytest.fixture(scope="session")
def demo():
    """What the job said and made: ``said``, ``out``, ``ca`` (folders), ``ca_port``, ``rows``."""
    done = run_demo(RESET="1")
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    summary = json.loads((OUT / "summary.json").read_text(encoding="utf-8"))
    return SimpleNamespace(
        said=done.stdout,
        out=OUT,
        ca=ROOT / ".edu" / "demo-ca" / str(CA_PORT),
        ca_port=CA_PORT,
        rows=summary["rows"],
    )


@pytest.fixture(scope="session")
def server(demo):
    """Odoo serving the demo's database on a free port; its address."""
    import postgres
    from places import CONF, VENV_PYTHON

    port = free_port()
    log = OUT / "server.log"
    process = subprocess.Popen(
        [
            *(str(VENV_PYTHON), "-m", "odoo", "-c", str(CONF), "-d", DATABASE),
            *("--http-port", str(port), "--logfile", str(log), "--max-cron-threads", "0"),
        ],
        env={**os.environ, **postgres.environment()},
    )
    assert answers(port, process), log.read_text(encoding="utf-8")[-2000:]
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    process.wait(30)


@pytest.fixture
def signed_in(server, browser):
    """A function: a page of the user ``login``, in a window of the given size."""
    contexts = []

    def open_page(login, width=1366, height=768):
        context = browser.new_context(
            viewport={"width": width, "height": height}, base_url=server, locale="vi-VN"
        )
        contexts.append(context)
        page = context.new_page()
        page.goto("/web/login")
        page.fill("input[name=login]", login)
        page.fill("input[name=password]", "demo")
        page.click("button[type=submit]")
        page.wait_for_function("window.odoo?.__WOWL_DEBUG__?.root?.env.services.menu")
        return page

    yield open_page
    for context in contexts:
        context.close()
