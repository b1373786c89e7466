"""Getting Asterisk: from apt where Debian has it there, else from Debian sid into a folder of its own, run by its own loader.

The folder lies in the user's cache, so that a second clone finds it.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from contact_center.speech.kept import cache

PACKAGES = "asterisk"


@dataclass(frozen=True)
class Installation:
    """Where Asterisk lies.

    :param command: the words that start it.
    :param modules: folder of its modules.
    :param data: folder of its own data (documentation, sounds).
    """

    command: tuple[str, ...]
    modules: Path
    data: Path


def find() -> Installation | None:
    """The Asterisk of this machine, or None."""
    system = shutil.which("asterisk", path="/usr/sbin:/usr/bin")
    if system:
        libraries = Path("/usr/lib/x86_64-linux-gnu/asterisk/modules")
        modules = libraries if libraries.is_dir() else Path("/usr/lib/asterisk/modules")
        return Installation((system,), modules, Path("/usr/share/asterisk"))
    root = cache() / "asterisk-sid"
    if not (root / "complete").exists():
        return None
    libraries = next((root / "usr/lib").glob("*-linux-gnu"))
    loader = next(path for path in (root / "lib64").glob("ld-linux-*"))
    command = (str(loader), "--library-path", f"{libraries}:{libraries}/asterisk", str(root / "usr/sbin/asterisk"))
    return Installation(command, libraries / "asterisk" / "modules", root / "usr/share/asterisk")


def mirror() -> str:
    """The Debian mirror that apt already uses."""
    for path in [*Path("/etc/apt/sources.list.d").glob("*.sources"), *Path("/etc/apt/sources.list.d").glob("*.list"),
                 Path("/etc/apt/sources.list")]:  # fmt: skip
        if not path.exists():
            continue
        for line in path.read_text().splitlines():
            found = re.match(r"(?:URIs:|deb(?:\s+\[[^\]]*\])?)\s*(https?://\S+/debian)/?(?:\s|$)", line)
            if found:
                return found.group(1)
    return "http://deb.debian.org/debian"


def install() -> Installation:
    """Install Asterisk where it is missing; needs root.

    :raises SystemExit: saying what to do, where that is not possible.
    """
    found = find()
    if found is not None:
        return found
    if os.geteuid() != 0:
        raise SystemExit("Asterisk is missing. Ask somebody with root to run deploy/setup.sh once.")
    policy = subprocess.run(["apt-cache", "policy", PACKAGES], capture_output=True, text=True, check=True).stdout
    candidate = re.search(r"Candidate: (\d+:)?(\d+)", policy)
    if candidate and int(candidate.group(2)) >= 20:
        print("  Asterisk from apt", file=sys.stderr)
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "install", "-y", "-q", PACKAGES], check=True, env=environment)
    else:
        _from_sid(cache() / "asterisk-sid")
    found = find()
    if found is None:
        raise SystemExit("Asterisk was installed, but not found.")
    return found


def _from_sid(root: Path) -> None:
    print("  Asterisk from Debian sid into its own folder (about a minute, 500 MB)", file=sys.stderr)
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    words = ["debootstrap", "--variant=minbase", f"--include={PACKAGES}", "sid", str(root), mirror()]
    done = subprocess.run(words, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit("debootstrap failed:\n" + "\n".join(done.stdout.splitlines()[-5:]))
    # The packages that were unpacked are no longer needed.
    for package in (root / "var/cache/apt/archives").glob("*.deb"):
        package.unlink()
    (root / "complete").touch()


if __name__ == "__main__":
    install()
