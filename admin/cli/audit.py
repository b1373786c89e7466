"""The audit trail: verified, and its table made for a role that can only append."""

from __future__ import annotations

import os

import click

from admin.cli.context import Context
from contact_center.errors import BadInput

OWNER = "MADOGUCHI_AUDIT_OWNER"
"""Variable with the owner's URL: a command line is seen by everybody on the machine."""


@click.group()
def audit() -> None:
    """The record of who saw or did what."""


@audit.command("verify")
@click.pass_obj
def audit_verify(context: Context) -> None:
    """Hold the trail against its chain and its signed checkpoints; exit code 1 where it is not whole."""
    from admin.inspection import verify

    found = verify(context.house())
    good = f"監査の記録 {found.records} 件は、書かれたままです（{found.signed} 番まで署名あり）。"
    place = f"{found.broken} 番" if found.broken else "チェックポイント"
    context.show(vars(found), good if found.broken is None else f"監査の記録が壊れています。{place}: {found.why}")
    if found.broken is not None:
        raise SystemExit(1)


@audit.command("key")
@click.pass_obj
def audit_key(context: Context) -> None:
    """The public key with which anybody can verify the checkpoints; hand it to the city once."""
    key = context.house().audit.place().key.read_text()
    context.show({"key": key}, key.rstrip())


@audit.command("prepare")
@click.argument("role")
@click.pass_obj
def audit_prepare(context: Context, role: str) -> None:
    """Make the table on PostgreSQL so that ROLE, whom audit.url names, can only read and append.

    The owner's URL stands in the variable MADOGUCHI_AUDIT_OWNER.
    """
    from contact_center.audit import Act, create_for

    owner = os.environ.get(OWNER, "")
    if not owner.startswith("postgresql+psycopg://"):
        raise BadInput("環境変数 MADOGUCHI_AUDIT_OWNER に、所有者の接続先（postgresql+psycopg://…）を入れてください。")
    create_for(owner, role)
    house = context.house()
    house.audit.record(Act("operator", "audit.prepare", f"role:{role}", {}))
    if house.audit.may_change():
        raise BadInput("audit.url の役割は、まだ記録を書き換えられます。所有者とは別の役割にしてください。")
    context.show({"role": role}, f"役割 {role} は、監査の記録を読み、書き足すことだけができます。")
