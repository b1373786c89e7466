"""The audit trail: ten thousand forgeries, a million honest records, and what a record costs beside a bare insert."""

from __future__ import annotations

import shutil
import sqlite3
import time
from contextlib import closing

from admin.demo.stage import temporary_home
from bench.forgeries import KINDS, Forger
from bench.measure import Aim, Findings, Spread, Table, ratio
from contact_center.audit import Act, verifier
from contact_center.house import House, build, read_settings

FORGERIES, TRAIL, HONEST, ACTS = 10_000, 60, 1_000_000, 500

MEASURED = f"""*Forgeries*: a trail of {TRAIL} records, every third signed, is forged in one of {len(KINDS)} ways
({", ".join(KINDS)}), verified by the program that imports nothing of ours, and restored. *Honest*: a million records, one
checkpoint for every thousand, verified by the same program. *A record*: `AuditTrail.record` (read the newest, chain, commit,
fsync) beside a bare INSERT of the same row into a table of the same kind of file, committed and fsynced too."""


def run() -> Findings:
    """Forge, verify, record."""
    home = temporary_home()
    try:
        (home / "madoguchi.toml").write_text('[centre]\nhome = "."\ndirectory = "none.toml"\n')
        (home / "audit").mkdir()
        house = build(read_settings(home / "madoguchi.toml"))
        house.audit.create()
        ours, bare = _recorded(house), _bare(house)
        forger = Forger(house, TRAIL, seed=8)
        begun = time.monotonic()
        missed = [kind for kind in (forger.forge() for _ in range(FORGERIES)) if forger.found() is None]
        forging = time.monotonic() - begun
        forger.restore()
        _grow(house)
        place, begun = house.audit.place(), time.monotonic()
        honest = verifier.verify(str(place.file), place.checkpoints, place.key)
        verifying = time.monotonic() - begun
        house.close()
    finally:
        shutil.rmtree(home, ignore_errors=True)
    rows = [
        ("forgeries", f"{FORGERIES:,}"), ("not found", str(len(missed))), ("seconds", f"{forging:.0f}"),
        ("honest records", f"{honest.records:,}"), ("false alarms", str(int(honest.broken is not None))),
        ("seconds to verify them", f"{verifying:.1f}"),
    ]  # fmt: skip
    times = ("ratio", f"{ratio(ours.median, bare.median):.1f}", f"{ratio(ours.p95, bare.p95):.1f}", "")
    cost = [("ours", *ours.cells()), ("bare", *bare.cells()), times]
    aims = [
        Aim(f"all of {FORGERIES:,} forgeries are found", ", ".join(sorted(set(missed))) or "all", not missed),
        Aim("no false alarm in a million honest records", honest.why or "none", honest.broken is None and honest.records >= HONEST),
    ]
    tables = [Table("Verified", ("", ""), rows), Table("A record, milliseconds", ("", "median", "p95", "worst"), cost)]
    figures = {"missed": len(missed), "verify_seconds": verifying, "record_ms": ours.median, "bare_ms": bare.median}
    return Findings("Audit trail", MEASURED, tables, aims, figures)


def _recorded(house: House) -> Spread:
    def one(n: int) -> float:
        begun = time.monotonic()
        house.audit.record(Act("person:1", "contact.personal.show", f"contact:{n}", {"n": n}))
        return (time.monotonic() - begun) * 1000

    return Spread.of(one(n) for n in range(ACTS))


def _bare(house: House) -> Spread:
    with closing(sqlite3.connect(house.settings.home / "audit" / "bare.sqlite", isolation_level=None)) as database:
        for statement in ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "CREATE TABLE audit (id INTEGER PRIMARY KEY, row)"):
            database.execute(statement)

        def one(n: int) -> float:
            begun = time.monotonic()
            database.execute("INSERT INTO audit (row) VALUES (?)", (f"person:1 contact.personal.show contact:{n}",))
            return (time.monotonic() - begun) * 1000

        return Spread.of(one(n) for n in range(ACTS))


def _grow(house: House) -> None:
    """Chain on until there are a million."""
    path = house.audit.place().file
    assert path is not None
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        last, previous = database.execute("SELECT id, hash FROM audit ORDER BY id DESC LIMIT 1").fetchone()
        for first in range(last + 1, HONEST + 1, 1000):
            made = []
            for id in range(first, first + 1000):
                row = (id, 1_700_000_000_000 + id, "person:1", "contact.personal.show", f"contact:{id}", {}, previous, "")
                previous = verifier.link(row)
                made.append((*row[:5], "{}", row[6], previous))
            database.execute("BEGIN")
            database.executemany("INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?, ?)", made)
            database.execute("COMMIT")
            house.audit.checkpoint()
