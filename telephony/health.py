"""What `madoguchi doctor` asks about the telephone."""

from __future__ import annotations

from collections.abc import Iterator

from contact_center.errors import MadoguchiError
from contact_center.features import Finding
from contact_center.house import House
from telephony.pbx import install, render
from telephony.pbx.trunk import NOT_NEEDED, REGISTERED, trunk_state
from telephony.pbx.values import MODULES
from telephony.settings import TRUNK_CHANNELS, TRUNKS, TrunkSettings


def check(house: House) -> Iterator[Finding]:
    """Asterisk, its modules, the trunk, the announcements, and the carrier's channels against the lines."""
    found = install.find()
    if found is None:
        yield Finding("Asterisk", False, "入っていません。make setup（root）を実行してください。")
        return
    missing = [name for name in MODULES if not (found.modules / f"{name}.so").exists()]
    yield Finding("Asteriskの部品", not missing, "すべてあります。" if not missing else f"足りません: {', '.join(missing)}")
    try:
        version = render.console(house, "core show version").split(" built")[0]
        yield Finding("Asterisk", True, version)
        loaded = render.console(house, "module show")
        silent = [name for name in MODULES if (found.modules / f"{name}.so").exists() and f"{name}.so" not in loaded]
        good = "読み込まれています。" if not silent else f"読み込まれていません: {', '.join(silent)}。ログを見てください。"
        yield Finding("Asteriskの読み込み", not silent, good)
        for trunk in TRUNKS:
            if house.settings[trunk.host]:
                yield from _carrier(house, trunk)
    except MadoguchiError as error:
        yield Finding("Asterisk", False, f"{error.sentence()} 起動は madoguchi --settings … up です。")
    prompts = render.missing_prompts(house)
    yield Finding(
        "案内音声", not prompts, "そろっています。" if not prompts else f"{len(prompts)}本ありません。起動し直すと作られます。"
    )
    yield from _channels(house)


def _carrier(house: House, trunk: TrunkSettings) -> Iterator[Finding]:
    state, which = trunk_state(house, trunk), "電話会社" if trunk is TRUNKS[0] else "予備の電話会社"
    away = f"応答がありません。{trunk.host.name} と {trunk.port.name}、電話会社側の設定を確かめてください。"
    yield Finding(which, state.reachable, "応答があります。" if state.reachable else away)
    if state.registration != NOT_NEEDED:
        registered = state.registration == REGISTERED
        wrong = f"登録されていません（{state.registration}）。{trunk.user.name} と {trunk.password.name} を確かめてください。"
        yield Finding(f"{which}への登録", registered, "登録されています。" if registered else wrong)


def _channels(house: House) -> Iterator[Finding]:
    """A carrier with fewer channels gives the next caller its own busy tone: he reaches no list."""
    needed = 0
    with house.database.reading() as session:
        for view in house.directory.lines(session):
            line = view.line
            # One more for the busy announcement, one for each conversation that may be transferred to the outside.
            wanted = line.capacity + line.waiting_places + 1 + line.capacity
            needed += wanted
            yield Finding(
                f"{line.name}のチャネル", line.channels >= wanted,
                f"{line.channels}。要る数は{wanted}（通話{line.capacity}、待ち{line.waiting_places}、話中1、転送{line.capacity}）",
            )  # fmt: skip
    sold = house.settings[TRUNK_CHANNELS]
    if sold:
        yield Finding("電話会社のチャネル", sold >= needed, f"契約 {sold}、全回線で {needed} が要ります。")
