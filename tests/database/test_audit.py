"""The audit trail: what was done to it shows; what it cannot hold is not done."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import create_engine, exc, text

from admin.cli import main
from admin.inspection import verify
from bench.forgeries import KINDS, Forger
from contact_center.audit import Act, create_for, verifier
from contact_center.clock import FakeClock
from contact_center.house import House
from tests.conftest import make_house


def fill(house: House, count: int) -> None:
    for n in range(count):
        house.audit.record(Act("person:1", "contact.personal.show", f"contact:{n}", {"n": n}))


@pytest.mark.requirement("NB-17a")
def test_an_honest_trail_is_whole(house: House) -> None:
    fill(house, 50)
    house.audit.checkpoint()
    fill(house, 2)
    found = verify(house)
    assert (found.broken, found.records, found.signed, found.why) == (None, 52, 50, "")


def test_many_writers_make_one_chain(house: House) -> None:
    threads = [threading.Thread(target=fill, args=(house, 15)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = verify(house)
    assert (found.broken, found.records) == (None, 60)


@pytest.mark.requirement("NB-17a")
def test_the_database_itself_refuses_to_change_or_delete(house: House) -> None:
    fill(house, 3)
    for statement in ("DELETE FROM audit WHERE id = 2", "UPDATE audit SET actor = 'x' WHERE id = 2"):
        with pytest.raises(exc.DBAPIError, match="append-only"), house.audit.database.session_scope() as session:
            session.execute(text(statement))


@pytest.mark.requirement("NB-17a", "NB-18")
def test_every_random_forgery_is_found(house: House) -> None:
    forger = Forger(house, records=30, seed=5)
    missed = [kind for kind in (forger.forge() for _ in range(200)) if forger.found() is None]
    assert missed == [] and forger.kinds == set(KINDS)
    forger.restore()
    assert forger.found() is None


@pytest.mark.requirement("NB-18")
def test_whoever_inspects_needs_the_program_the_public_key_and_nothing_of_ours(house: House, tmp_path: Path) -> None:
    fill(house, 5)
    house.audit.checkpoint()
    place = house.audit.place()
    program = tmp_path / "elsewhere" / "verifier.py"
    program.parent.mkdir()
    program.write_text(Path(verifier.__file__).read_text())
    names = {
        (node.module if isinstance(node, ast.ImportFrom) else node.names[0].name).partition(".")[0]  # type: ignore[union-attr]
        for node in ast.walk(ast.parse(program.read_text())) if isinstance(node, (ast.Import, ast.ImportFrom))
    }  # fmt: skip
    assert names - set(sys.stdlib_module_names) == {"cryptography", "psycopg"}
    kept = ["--checkpoints", str(place.checkpoints), "--key", str(place.key)]
    words = [sys.executable, "-I", str(program), str(place.file or "-"), *kept]
    done = subprocess.run(words, capture_output=True, text=True, env={"AUDIT_URL": place.url})
    assert (done.returncode, json.loads(done.stdout)["records"]) == (0, 5)
    nowhere = subprocess.run([*words[:3], str(tmp_path / "none.sqlite"), *words[4:]], capture_output=True, text=True)
    assert nowhere.returncode == 2 and "error" in json.loads(nowhere.stdout)


def test_what_was_torn_as_the_machine_went_down_is_no_forgery(house: House) -> None:
    fill(house, 3)
    path = house.audit.checkpoint()
    assert path is not None
    whole = path.read_text()
    path.write_text(whole + '{"body": "torn')
    assert verify(house).broken is None
    fill(house, 1)
    house.audit.checkpoint()
    found = verify(house)
    assert (found.broken, found.signed) == (None, 4) and "torn" not in path.read_text()


@pytest.mark.requirement("NB-18")
def test_an_engineer_reads_in_japanese_where_the_trail_is_broken(house: House) -> None:
    house.audit.record(Act("operator", "first", "x", {}))
    forger = Forger(house, records=5, seed=1)
    settings = ["--settings", str(house.settings.home / "madoguchi.toml")]
    assert "書かれたままです" in CliRunner().invoke(main, [*settings, "audit", "verify"], catch_exceptions=False).output
    forger.raw("DELETE FROM audit WHERE id = 3")
    told = CliRunner().invoke(main, [*settings, "audit", "verify"])
    assert told.exit_code == 1 and "3 番: 記録が抜けています" in told.output


@pytest.mark.requirement("NB-17a")
def test_the_centres_own_role_on_postgresql_can_only_read_and_append(
    postgresql: Path, tmp_path: Path, clock: FakeClock, quick_passwords: None
) -> None:
    server = create_engine(f"postgresql+psycopg://madoguchi@/postgres?host={postgresql}", isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        # The server itself looks at template1 now and then, and nobody can copy it meanwhile.
        for statement in ("DATABASE kept TEMPLATE template0", "DATABASE acts TEMPLATE template0", "ROLE clerk LOGIN"):
            connection.execute(text(f"CREATE {statement}"))
    server.dispose()
    url = "postgresql+psycopg://{}@/{}?host=" + str(postgresql)
    create_for(url.format("madoguchi", "acts"), "clerk")
    database, acts = url.format("madoguchi", "kept"), url.format("clerk", "acts")
    house = make_house(tmp_path, clock, f'[database]\nurl = "{database}"\n[audit]\nurl = "{acts}"\n')
    fill(house, 2)
    assert verify(house).records == 2 and not house.audit.may_change()
    for statement in (
        "DELETE FROM audit", "UPDATE audit SET actor = 'x'", "TRUNCATE audit", "DROP TABLE audit",
        "ALTER TABLE audit DISABLE TRIGGER ALL", "DROP TRIGGER audit_only_append ON audit",
    ):  # fmt: skip
        refused = pytest.raises(exc.DBAPIError, match="permission denied|must be owner")
        with refused, house.audit.database.session_scope() as session:
            session.execute(text(statement))
    assert verify(house).records == 2
    house.close()


def test_a_role_that_owns_the_trail_is_told_to_the_engineer(house: House) -> None:
    assert house.audit.may_change() is (not house.audit.database.is_sqlite)
