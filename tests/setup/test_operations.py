"""The service of the administrator guide starts, says that it runs, and stops when it is told."""

import configparser
import os
import signal
import socket
import subprocess
import time
from contextlib import closing
from http.client import HTTPConnection, HTTPException

import pytest

from edu_records.testing import seed

WAIT = 120


@pytest.fixture
def service(checkout):
    """The unit as the guide prints it."""
    guide = (checkout / "docs" / "administrator.md").read_text(encoding="utf-8")
    unit = configparser.ConfigParser()
    unit.optionxform = str
    unit.read_string(guide.split("```systemd\n")[1].split("```")[0])
    return unit["Service"]


def free_port():
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def health(port):
    """Status and text of the address that the guide names; None while nobody listens."""
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/web/health?db_server_status=1")
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    except (OSError, HTTPException):
        return None
    finally:
        connection.close()


@seed("R3.2")
def test_start_run_stop(checkout, service):
    python, *words = service["ExecStart"].split()
    assert python.endswith("/python") and words[:3] == ["-m", "odoo", "-c"]
    assert words[4:] == ["-d", "school"]
    port = free_port()
    options = ["-d", os.environ["EDU_TEST_DATABASE"], "--http-port", str(port)]
    command = [checkout / "tools" / "odoo", *options, "--max-cron-threads", "0"]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        end = time.monotonic() + WAIT
        while (said := health(port)) is None and server.poll() is None and time.monotonic() < end:
            time.sleep(0.2)
        status, text = said
        assert status == 200 and '"status": "pass"' in text
        server.send_signal(signal.Signals[service["KillSignal"]])
        assert server.wait(int(service["TimeoutStopSec"])) == 0
        assert health(port) is None
    finally:
        if server.poll() is None:
            server.kill()
            server.wait()
