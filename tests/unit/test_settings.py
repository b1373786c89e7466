"""Settings: what is wrong is told with its line and how to mend it."""

from pathlib import Path

import pytest

from admin.processes.layout import CLONE
from contact_center.directory.file import read_file
from contact_center.errors import BadInput, SettingsError
from contact_center.settings import KERNEL_SETTINGS, SESSION_IDLE, WEB_PORT, Setting, load


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "madoguchi.toml"
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    ("text", "line", "hint"),
    [
        ("[web]\nhost = '0.0.0.0'\nprot = 1\n", ":3", "web.port"),
        ("[web]\nport = 'abc'\n", ":2", "8443"),
        ("[web]\nport = 99999\n", ":2", "65535"),
        ("[centre]\nlanguage = 'fr'\n", ":2", "ja, en"),
        ("port = 1\n", ":1", "[web]"),
        ("[web]\nport = \n", "line 2", "TOML"),
        ("[web]\nport = true\n", ":2", "整数"),
    ],
)
def test_a_wrong_setting_names_its_line_and_how_to_mend_it(tmp_path: Path, text: str, line: str, hint: str) -> None:
    with pytest.raises(SettingsError) as refused:
        load(write(tmp_path, text), KERNEL_SETTINGS, {})
    assert line in refused.value.sentence()
    assert hint in refused.value.sentence()


def test_a_missing_file_is_told_by_name(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"nowhere\.toml"):
        load(tmp_path / "nowhere.toml", KERNEL_SETTINGS, {})


def test_the_environment_stands_above_the_file(tmp_path: Path) -> None:
    settings = load(write(tmp_path, "[web]\nport = 1\n"), KERNEL_SETTINGS, {"MADOGUCHI_WEB_PORT": "2"})
    assert settings[WEB_PORT] == 2
    assert settings[SESSION_IDLE] == 60


def test_a_misspelt_variable_is_refused_and_others_are_not_ours(tmp_path: Path) -> None:
    path = write(tmp_path, "[web]\nport = 1\n")
    with pytest.raises(SettingsError, match="MADOGUCHI_WEB_PORT"):
        load(path, KERNEL_SETTINGS, {"MADOGUCHI_WEB_PROT": "2"})
    load(path, KERNEL_SETTINGS, {"MADOGUCHI_CACHE": "/tmp", "OTHER_WEB_PROT": "2"})


def test_a_value_tells_where_it_was_said(tmp_path: Path) -> None:
    path = write(tmp_path, "[web]\nport = 1\n")
    settings = load(path, KERNEL_SETTINGS, {"MADOGUCHI_IDENTITY_IDLE_MINUTES": "5"})
    assert settings.place(WEB_PORT) == f"{path}:2"
    assert settings.place(SESSION_IDLE) == "MADOGUCHI_IDENTITY_IDLE_MINUTES"


def test_a_secret_is_never_shown(tmp_path: Path) -> None:
    secret = Setting("trunk.password", "", "…", secret=True)
    settings = load(write(tmp_path, "[trunk]\npassword = 'hunter2'\n"), [secret], {})
    assert "hunter2" not in str(settings.shown([secret]))


@pytest.mark.parametrize(
    ("wrong", "named"),
    [('fallback = "0559990001"', "fallback"), ('fallback = "119"', "fallback"), ("capacity = 0", "capacity")],
)
def test_a_line_that_would_call_itself_or_serve_nobody_is_refused_by_name(tmp_path: Path, wrong: str, named: str) -> None:
    key = wrong.split(" = ")[0]
    text = (CLONE / "admin" / "demo" / "directory.toml").read_text("utf-8")
    first = text.index("[[lines]]")
    line, rest = text[first:].split("\n\n", 1)
    line = "\n".join([*(row for row in line.splitlines() if not row.startswith(f"{key} =")), wrong])
    path = tmp_path / "directory.toml"
    path.write_text(f"{text[:first]}{line}\n\n{rest}", "utf-8")
    with pytest.raises(BadInput, match=named):
        read_file(path)
