"""`madoguchi doctor`: every part looked at, and for what is wrong a sentence that says how to mend it."""

from __future__ import annotations

import os
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from cryptography import x509

from admin.demo.stage import HEADLESS
from admin.inspection import verify
from admin.processes.layout import CLONE
from contact_center.database.schema import missing_revisions
from contact_center.errors import MadoguchiError
from contact_center.features import Finding, resolve
from contact_center.house import House, build, migrations, read_settings
from contact_center.settings import WEB_HOST, WEB_PORT
from telephony.settings import AMI_PORT, HTTP_PORT

LEAST_FREE = 2 * 1024**3
"""Bytes of disk below which the doctor warns."""


def examine(settings_path: Path | None) -> list[Finding]:
    """Everything about a centre, in the order one would mend it."""
    if settings_path is None:
        named = "--settings で設定ファイルを指定してください（make demo のセンターなら var/demo/madoguchi.toml）。"
        return [Finding("設定", False, named)]
    try:
        house = build(read_settings(settings_path))
    except MadoguchiError as error:
        return [Finding("設定", False, error.sentence())]
    findings = [Finding("設定", True, f"読めました（ホーム {house.settings.home}）。")]
    for check in (_home, _database, _processes, _front_door, _certificate, _clock, _browser):
        findings += check(house)
    for feature in house.features:
        for health in feature.health:
            try:
                findings += resolve(health.function)(house)
            except MadoguchiError as error:
                findings.append(Finding(feature.title, False, error.sentence()))
    return findings


def _home(house: House) -> Iterator[Finding]:
    home = house.settings.home
    if not os.access(home, os.W_OK):
        yield Finding("ホーム", False, f"{home} に書き込めません。所有者を確かめてください。")
        return
    free = shutil.disk_usage(home).free
    yield Finding("ディスク", free > LEAST_FREE, f"空き {free // 1024**3} GB。" + ("" if free > LEAST_FREE else "空けてください。"))
    keys = house.keyring.folder
    private = not keys.exists() or (keys.stat().st_mode & 0o077) == 0
    yield Finding("鍵", private, "他の人には読めません。" if private else f"chmod 700 {keys} を実行してください。")


def _database(house: House) -> Iterator[Finding]:
    try:
        missing = missing_revisions(house.database, migrations(house.features))
    except Exception:  # the driver's own errors differ from database to database
        yield Finding("データベース", False, "開けません。database.url とサーバーを確かめてください。")
        return
    good = "最新です。" if not missing else "古い形です。madoguchi db upgrade を実行してください。"
    yield Finding("データベース", not missing, good)
    try:
        found, loose = verify(house), house.audit.may_change()
    except MadoguchiError:
        yield Finding("監査", False, "開けません。madoguchi db upgrade を実行してください。")
        return
    good = "鎖はつながり、署名と合っています。"
    yield Finding("監査", found.broken is None, good if found.broken is None else f"{found.broken}番で切れています: {found.why}")
    if loose:
        yield Finding("監査の役割", False, "記録を書き換えられる役割でつないでいます。madoguchi audit prepare を実行してください。")


def _processes(house: House) -> Iterator[Finding]:
    """Those that answer on no socket: the keeper wrote their ids down."""
    run = house.settings.home / "run"
    for name in ("switchboard", "worker"):
        try:
            alive = Path(f"/proc/{(run / f'{name}.keeper').read_text().split()[0]}").exists()
        except (OSError, IndexError):
            alive = False
        words = "動いています。" if alive else f"動いていません。起動し、{house.settings.home / 'log'} の記録を見てください。"
        yield Finding({"switchboard": "交換台", "worker": "作業係"}[name], alive, words)


def _front_door(house: House) -> Iterator[Finding]:
    settings, run = house.settings, house.settings.home / "run"
    for name, path in (("Web", run / "web.sock"), ("ハブ", run / "hub.sock"), ("Redis", run / "redis.sock")):
        good = _answers_unix(path)
        yield Finding(name, good, "応答します。" if good else f"応答しません。{settings.home / 'log'} の記録を見てください。")
    for name, host, port in (
        ("nginx", settings[WEB_HOST], settings[WEB_PORT]), ("AMI", "127.0.0.1", settings[AMI_PORT]),
        ("席の電話（WebSocket）", "127.0.0.1", settings[HTTP_PORT]),
    ):  # fmt: skip
        good = _answers_tcp(host, port)
        yield Finding(name, good, f"ポート {port} が応答します。" if good else f"ポート {port} が応答しません。")


def _certificate(house: House) -> Iterator[Finding]:
    path = house.settings.home / "tls" / "server.pem"
    if not path.exists():
        yield Finding("証明書", False, "まだありません。起動すると作られます。")
        return
    certificate = x509.load_pem_x509_certificate(path.read_bytes())
    left = certificate.not_valid_after_utc - house.clock.now()
    yield Finding("証明書", left > timedelta(days=14), f"あと{left.days}日有効です。")
    try:
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        with socket.create_connection((house.settings[WEB_HOST], house.settings[WEB_PORT]), 2) as plain, \
                context.wrap_socket(plain) as secure:  # fmt: skip
            yield Finding("TLS", secure.version() in ("TLSv1.2", "TLSv1.3"), f"{secure.version()}")
    except OSError:
        yield Finding("TLS", False, "nginxにつながりません。")


def _clock(house: House) -> Iterator[Finding]:
    for words in (["timedatectl", "show", "-p", "NTPSynchronized", "--value"], ["chronyc", "tracking"]):
        if shutil.which(words[0]) is None:
            continue
        done = subprocess.run(words, capture_output=True, text=True)
        if done.returncode == 0:
            in_step = "no" not in done.stdout.split()[:1]
            yield Finding(
                "時計", in_step, "合っています。" if in_step else "NTPで合わせてください（systemd-timesyncd か chrony）。"
            )
            return
    yield Finding("時計", True, f"{house.clock.now():%H:%M:%S}（同期の仕組みがこの機械では分かりません。目で確かめてください）。")


def _browser(_house: House) -> Iterator[Finding]:
    there = Path(HEADLESS).exists()
    packages = "chromium chromium-headless-shell chromium-sandbox"
    yield Finding("Chromium", there, "あります。" if there else f"apt-get install {packages} を実行してください。")
    bundle = CLONE / "build" / "static" / "console.js"
    yield Finding("画面の部品", bundle.exists(), "作られています。" if bundle.exists() else "make setup を実行してください。")


def _answers_unix(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(2)
        try:
            probe.connect(str(path))
        except OSError:
            return False
    return True


def _answers_tcp(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host, port), 2):
            return True
    except OSError:
        return False
