"""The audit trail, verified by the program that takes nothing of ours on trust, in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass

from contact_center.audit import verifier
from contact_center.errors import Unavailable
from contact_center.house import House

WHY = {
    "a record is missing": "記録が抜けています。",
    "a record was changed": "記録が書き換えられています。",
    "the record is not the one that a checkpoint has signed": "署名した時点の記録と違います。",
    "the trail is shorter than a checkpoint says": "署名した時点より短くなっています。末尾の削除か、古い状態への差し替えです。",
}
SIGNED = "署名した記録（チェックポイント）が抜けているか、書き換えられています。"


@dataclass(frozen=True)
class Verified:
    """What the program has found.

    :param records: how many are whole from the beginning.
    :param signed: up to which of them a signed checkpoint vouches.
    :param broken: the first that is not; 0: a checkpoint; None: all is whole.
    :param why: in Japanese; empty where all is whole.
    """

    records: int
    signed: int
    broken: int | None
    why: str


def verify(house: House) -> Verified:
    """Verify the trail of a centre.

    :raises Unavailable: where it cannot be read.
    """
    place = house.audit.place()
    words = [sys.executable, "-I", verifier.__file__, str(place.file or "-"), "--checkpoints", str(place.checkpoints)]
    done = subprocess.run(
        [*words, "--key", str(place.key)], capture_output=True, text=True, env=os.environ | {"AUDIT_URL": place.url}
    )  # fmt: skip
    try:
        told = json.loads(done.stdout)
        why = told["why"] and WHY.get(told["why"], SIGNED)
        return Verified(told["records"], told["signed"], told["broken"], why)
    except (ValueError, KeyError) as error:
        raise Unavailable("監査の記録を読めません。audit.url と audit.checkpoints を確かめてください。") from error
