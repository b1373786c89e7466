"""Running the benchmarks: `madoguchi bench [calls ring_to_card ami_storm hub million desk day faq booking counter leaks audit]`."""

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

BENCHMARKS = ("calls", "ring_to_card", "ami_storm", "hub", "million", "desk", "day", "faq", "booking", "counter", "leaks", "audit")


def run(which: Sequence[str] = ()) -> dict[str, Any]:
    """Run some benchmarks, or all; print their tables on standard error.

    What was measured is kept, beside what other benchmarks found before: bench/results/latest.json and docs/bench.md.

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
    result: dict[str, Any] = {}
    for name in which or BENCHMARKS:
        with console.status(name):
            found: Findings = import_module(f"bench.{name}").run()
        found.show(console)
        result[name] = {
            "at": SystemClock().now().isoformat(timespec="minutes"), "machine": machine(), "text": found.markdown(),
            "aims": [aim.__dict__ for aim in found.aims], **found.figures,
        }  # fmt: skip
    _keep(console, result)
    return result


def machine() -> str:
    """What the figures were measured on, in a few words."""
    cpus = [line.partition(":")[2].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line]
    gigabytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{len(cpus)} cores ({cpus[0]}), {gigabytes:.0f} GB, Linux {platform.release()}, Python {platform.python_version()}"


def _keep(console: Console, result: dict[str, Any]) -> None:
    results = _place(Path("bench/results/latest.json"))
    kept = {**(json.loads(results.read_text("utf-8")) if results.exists() else {}), **result}
    whole = {name: kept[name] for name in BENCHMARKS if name in kept}
    parts = [f"{part['text'].rstrip()}\n\n*Measured on {part['at']}: {part['machine']}.*\n" for part in whole.values()]
    texts = {
        results: json.dumps(whole, ensure_ascii=False, indent=1) + "\n",
        _place(Path("docs/bench.md")): "\n".join(["# Speed\n\nWritten by `make bench`.\n", *parts]),
    }
    for target, text in texts.items():
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")
        console.print(f"kept: {target}")


def _place(path: Path) -> Path:
    """Where a result is kept: the system user may not write into the clone of somebody else; its own home is always there."""
    target = CLONE / path
    return target if os.access(target if target.exists() else target.parent, os.W_OK) else CLONE / "var" / path.name
