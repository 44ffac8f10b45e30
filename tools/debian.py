"""What is taken from Debian: Odoo unpacked without root, and a few system packages when root asks.

No mirror's name is written anywhere: it is read from the machine's own apt configuration, and apt
checks the signatures. A private apt state (own lists, cache and sources) keeps the machine's own
untouched.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from places import Failure, Progress, run_logged, say, size_of, tail

RELEASE = "sid"
"""The release of Debian that has Odoo 19."""
ODOO = [
    "odoo-19",
    "fonts-montserrat",
    "fonts-roboto-unhinted",
    "fonts-inconsolata",
    "fonts-ocr-b",
    "libjs-jquery",
    "libjs-underscore",
    "libjs-jquery-form",
]
ICONS = "fonts-font-awesome"
"""Odoo's icons are FontAwesome 4.7; later releases of this package do not fit."""
LEFT_OUT = "odoo/addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js"
"""A file that Debian may not ship and without which the web client reports an error."""
KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")


def own_release() -> tuple[str, str] | None:
    """(address of the mirror, name of the release) of this Debian machine; None elsewhere."""
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        return None
    form = "$(SITE)|$(RELEASE)|$(COMPONENT)|$(ORIGIN)|"
    targets = subprocess.run(
        ["apt-get", "indextargets", "--format", form, "Created-By: Packages"],
        capture_output=True,
        text=True,
    ).stdout
    for line in targets.splitlines():
        site, release, component, origin = line.split("|")[:4]
        plain = re.fullmatch(r"[a-z]+", release)
        if (
            component == "main"
            and plain
            and (origin == "Debian" or (origin.startswith("$") and _is_debian()))
        ):
            return site, release
    return None


def _is_debian() -> bool:
    try:
        return "ID=debian" in Path("/etc/os-release").read_text(encoding="utf-8").splitlines()
    except OSError:
        return False


class PrivateApt:
    """apt with its own lists, cache and sources in ``folder``; needs no root."""

    def __init__(self, folder: Path, site: str, release: str):
        self.folder, self.release = folder, release
        self.log = folder / "log"
        self.files = folder / "files"
        for place in (
            self.files,
            folder / "lists" / "partial",
            folder / "cache" / "archives" / "partial",
        ):
            place.mkdir(parents=True, exist_ok=True)
        signed = f" [signed-by={KEYRING}]" if KEYRING.exists() else ""
        names = sorted({release, RELEASE})
        sources = "".join(f"deb{signed} {site} {name} main\n" for name in names)
        (folder / "sources.list").write_text(sources, encoding="utf-8")
        self.log.write_text("", encoding="utf-8")

    def command(self, *words: str) -> list[str]:
        """An apt-get command line on the private state."""
        settings = {
            "Dir::Etc::SourceList": self.folder / "sources.list",
            "Dir::Etc::SourceParts": "/dev/null",
            "Dir::State::Lists": self.folder / "lists",
            "Dir::Cache": self.folder / "cache",
            "Dir::State::status": "/var/lib/dpkg/status",
            "APT::Sandbox::User": "",
        }
        options = [word for name, value in settings.items() for word in ("-o", f"{name}={value}")]
        return ["apt-get", "-q", *options, *words]

    def _apt_get(self, *words: str, watch=None) -> None:
        environment = {**os.environ, "LC_ALL": "C.UTF-8"}
        code = run_logged(self.command(*words), self.log, watch, cwd=self.files, env=environment)
        if code:
            say(tail(self.log))
            raise Failure(
                "Debian's packages could not be fetched (see above): check the network and the "
                "machine's apt sources "
                "and run again, or set ODOO_HOME to an Odoo 19 tree."
            )

    def update(self) -> None:
        """Fetch and check the lists of packages."""
        say("  fetching Debian's lists of packages")
        self._apt_get("update")

    def icons(self) -> str | None:
        """The package of FontAwesome 4.7, with its release, if the machine's own release has it."""
        wanted = f"{ICONS}/{self.release}"
        listed = subprocess.run(
            self.command("download", "--print-uris", wanted),
            capture_output=True,
            text=True,
            cwd=self.files,
        )
        return wanted if re.search(r"_[^ ]*4\.7\.0", listed.stdout) else None

    def download(self, packages: list[str]) -> list[Path]:
        """Fetch packages (what is there already is checked and kept) and return their files."""
        listed = subprocess.run(
            self.command("download", "--print-uris", *packages),
            capture_output=True,
            text=True,
            cwd=self.files,
        )
        found = re.findall(r"^'[^']+' (\S+) (\d+)", listed.stdout, re.MULTILINE)
        if len(found) != len(packages):
            raise Failure(
                f"Debian {RELEASE} no longer has all of {', '.join(packages)}: set ODOO_HOME to "
                "an Odoo 19 tree."
            )
        progress = Progress("download", sum(int(size) for _name, size in found))
        places = (self.files, self.folder / "cache" / "archives")
        self._apt_get("download", *packages, watch=lambda: progress.show(size_of(*places)))
        progress.show(size_of(self.files))
        progress.end()
        return [self.files / name for name, _size in found]


def unpack_odoo(folder: Path, target: Path) -> bool:
    """Download Odoo 19 and unpack it at ``target``; False on a machine that is no Debian."""
    machine = own_release()
    if machine is None:
        return False
    say("Odoo 19: Debian's package, unpacked without root (a download of about 130 MB).")
    apt = PrivateApt(folder, *machine)
    apt.update()
    icons = apt.icons()
    packages = apt.download([*ODOO, *([icons] if icons else [])])
    part = target.with_name(target.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    for package in packages:
        say(f"  unpacking {package.name.split('_')[0]}")
        if run_logged(["dpkg-deb", "-x", str(package), str(part)], apt.log):
            say(tail(apt.log))
            raise Failure(
                f"{package.name} could not be unpacked: make room on the disk and run make setup "
                "again."
            )
    left_out = part / "usr/lib/python3/dist-packages" / LEFT_OUT
    left_out.parent.mkdir(parents=True, exist_ok=True)
    left_out.write_text("// Debian leaves this out: calls cannot blur the camera's background.\n")
    _report_missing(part, icons)
    shutil.rmtree(target, ignore_errors=True)
    part.rename(target)
    shutil.rmtree(folder)
    return True


def _report_missing(tree: Path, icons: str | None) -> None:
    """Say what the unpacked tree lacks: links that lead nowhere."""
    if not icons:
        say(
            "  notice: this release of Debian has no FontAwesome 4.7; the web client works, but "
            "shows no icons."
        )
    dangling = [path for path in tree.rglob("*") if path.is_symlink() and not path.exists()]
    others = [path.name for path in dangling if "awesome" not in path.name.lower()]
    if others:
        say(
            "  notice: files that the Odoo package expects elsewhere: "
            f"{', '.join(sorted(set(others)))}"
        )


def install(packages: list[str], purpose: str, required: bool = True) -> bool:
    """Install system packages as root.

    Otherwise name the command: a Failure if ``required``, else a notice.
    """
    command = f"apt-get install {' '.join(packages)}"
    if os.geteuid() == 0 and shutil.which("apt-get"):
        say(f"Installing {', '.join(packages)} ({purpose}).")
        log = Path(os.environ.get("TMPDIR", "/var/tmp")) / f"edu-apt-{os.getpid()}.log"
        try:
            if _install_as_root(packages, log):
                return True
            say(tail(log))
        finally:
            log.unlink(missing_ok=True)
    sentence = f"{purpose} needs {', '.join(packages)}: run as root  {command}  and then "
    sentence += "this command again."
    if required:
        raise Failure(sentence)
    say(f"  notice: {sentence}")
    return False


def _install_as_root(packages: list[str], log: Path) -> bool:
    """Install, and once more with fresh lists when that fails."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
    install_them = ["apt-get", "-q", "-y", "--no-install-recommends", "install", *packages]
    if run_logged(install_them, log, env=environment) == 0:
        return True
    run_logged(["apt-get", "-q", "update"], log, env=environment)
    return run_logged(install_them, log, env=environment) == 0
