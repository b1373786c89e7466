"""Running the benchmarks: `madoguchi bench [calls ring_to_card ami_storm hub million desk day]`."""

from __future__ import annotations

import json
import os
import platform
import signal
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from rich.console import Console

from admin.processes.layout import CLONE
from bench.measure import Findings
from contact_center.clock import SystemClock
from contact_center.errors import BadInput

BENCHMARKS = ("calls", "ring_to_card", "ami_storm", "hub", "million", "desk", "day")


def run(which: Sequence[str] = ()) -> dict[str, Any]:
    """Run some benchmarks, or all; print their tables on standard error.

    A full run is also kept: bench/results/latest.json and docs/bench.md.

    :param which: names of benchmarks; none: all.
    :returns: the figures of each by name.
    :raises BadInput: for a name that is no benchmark.
    """
    unknown = set(which) - set(BENCHMARKS)
    if unknown:
        raise BadInput("ベンチマークの名前は次から選んでください: %(names)s", names=", ".join(BENCHMARKS))
    # Whoever ends the benchmark ends the centre it has started, too.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    console = Console(stderr=True, highlight=False)
    found: dict[str, Findings] = {}
    for name in which or BENCHMARKS:
        with console.status(name):
            found[name] = import_module(f"bench.{name}").run()
        found[name].show(console)
    figures = {name: {**findings.figures, "aims": [a.__dict__ for a in findings.aims]} for name, findings in found.items()}
    result = {"at": SystemClock().now().isoformat(timespec="seconds"), "machine": machine(), **figures}
    if not which:
        _keep(console, result, found)
    return result


def machine() -> str:
    """What the figures were measured on, in a few words."""
    cpus = [line.partition(":")[2].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line]
    gigabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{len(cpus)} cores ({cpus[0]}), {gigabytes:.0f} GB, Linux {platform.release()}, Python {platform.python_version()}"


def _keep(console: Console, result: dict[str, Any], found: dict[str, Findings]) -> None:
    head = f"# Speed\n\nWritten by `make bench` on {result['at']}: {result['machine']}.\n"
    texts = {
        Path("bench/results/latest.json"): json.dumps(result, ensure_ascii=False, indent=1) + "\n",
        Path("docs/bench.md"): "\n".join([head, *(findings.markdown() for findings in found.values())]),
    }
    for path, text in texts.items():
        target = CLONE / path
        if not os.access(target if target.exists() else target.parent, os.W_OK):
            # The system user may not write into the clone of somebody else; its own home is always there.
            target = CLONE / "var" / path.name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")
        console.print(f"kept: {target}")
