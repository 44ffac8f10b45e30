"""Steps of set-up: done once, and again when cut short or when their key changed."""

import subprocess
import sys

import pytest
from places import Failure, write_whole
from stamps import Stamps, only_one


@pytest.fixture
def stamps(tmp_path):
    return Stamps(tmp_path / "stamps")


@pytest.fixture
def runs():
    return []


def test_a_finished_step_is_not_done_again(stamps, runs):
    assert stamps.step("one", "key", lambda: runs.append(1))
    assert not stamps.step("one", "key", lambda: runs.append(2))
    assert runs == [1]


def test_another_key_does_the_step_again(stamps, runs):
    stamps.step("one", "key", lambda: runs.append(1))
    stamps.step("one", "other", lambda: runs.append(2))
    assert runs == [1, 2]


def test_a_step_whose_product_is_gone_is_done_again(stamps, runs, tmp_path):
    product = tmp_path / "product"
    stamps.step("one", "key", product.touch, product)
    product.unlink()
    assert stamps.step("one", "key", product.touch, product)


@pytest.mark.parametrize("reason", [KeyboardInterrupt, Failure("no"), OSError("disk full")])
def test_a_step_cut_short_leaves_no_stamp(stamps, runs, reason):
    stamps.step("one", "key", lambda: runs.append(1))

    def cut_short():
        raise reason

    with pytest.raises(BaseException):  # noqa: B017
        stamps.step("one", "newer", cut_short)
    assert not stamps.holds("one", "newer") and not stamps.holds("one", "key")
    assert stamps.step("one", "newer", lambda: runs.append(2))


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path):
    target = tmp_path / "file"
    write_whole(target, "old")
    with pytest.raises(TypeError):
        write_whole(target, None)
    assert target.read_text() == "old"
    write_whole(target, "new", 0o600)
    assert target.read_text() == "new" and target.stat().st_mode & 0o777 == 0o600


def test_two_runs_wait_for_each_other(tmp_path, checkout):
    script = (
        f"import sys; sys.path.insert(0, {str(checkout / 'tools')!r}); import pathlib, stamps;"
        f"\nwith stamps.only_one(pathlib.Path({str(tmp_path / 'lock')!r}), 'set-up'): print('in')"
    )
    with only_one(tmp_path / "lock", "set-up"):
        other = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
        assert "Waiting" in other.stdout.readline()
    assert other.communicate(timeout=20)[0].strip() == "in"


def test_set_up_twice_in_a_row_does_nothing_the_second_time(checkout):
    command = [sys.executable, checkout / "tools" / "setup.py"]
    done = subprocess.run(command, capture_output=True, text=True, cwd="/", timeout=60)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "Set-up is complete."
    assert ": done in" not in done.stdout


def test_an_odoo_home_without_odoo_is_refused_in_one_sentence(monkeypatch, tmp_path):
    import odoo_source

    monkeypatch.setenv("ODOO_HOME", str(tmp_path))
    with pytest.raises(Failure, match="ODOO_HOME=.* holds no Odoo 19.0: name a checkout"):
        odoo_source.find()


def test_an_odoo_home_may_be_a_checkout_or_an_unpacked_package(tmp_path):
    import odoo_source

    for inside in ("", "usr/lib/python3/dist-packages"):
        tree = tmp_path / (inside or "plain").replace("/", "-")
        package = tree / inside / "odoo"
        package.mkdir(parents=True)
        (package / "release.py").write_text("version_info = (19, 0, 0, FINAL, 0, '')\n")
        assert odoo_source.in_tree(tree) == tree / inside
    (package / "release.py").write_text("version_info = (18, 0, 0, FINAL, 0, '')\n")
    assert odoo_source.in_tree(tree) is None
