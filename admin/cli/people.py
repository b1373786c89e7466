"""People who sign in, and devices."""

from __future__ import annotations

import click

from admin.cli.context import Context
from contact_center.errors import BadInput
from contact_center.house import House
from contact_center.identity import ROLES


@click.group()
def agent() -> None:
    """People who sign in."""


@agent.command("add")
@click.argument("account")
@click.option("--name", required=True, help="Name shown to colleagues.")
@click.option("--role", "roles", multiple=True, default=["agent"], type=click.Choice(ROLES), help="What they do; none: agent.")
@click.option("--city", "cities", multiple=True, help="Ids of the cities served; none: all.")
@click.pass_obj
def agent_add(context: Context, account: str, name: str, roles: tuple[str, ...], cities: tuple[str, ...]) -> None:
    """Add a person; prints the first password once."""
    from contact_center.identity import passwords

    house = context.house()
    password = passwords.made_up_password()
    id = house.people.add("operator", account, name, password, roles, _cities(house, cities))
    context.show({"id": id, "account": account, "password": password}, f"{account} を登録しました。パスワード: {password}")


@agent.command("list")
@click.pass_obj
def agent_list(context: Context) -> None:
    """Everybody who has not left."""
    people = context.house().people.all()
    rows = [{"account": p.account, "name": p.name, "roles": p.roles, "cities": p.cities} for p in people]
    context.table(rows, ("アカウント", "名前", "役割"), [(p.account, p.name, ",".join(p.roles)) for p in people])


@agent.command("password")
@click.argument("account")
@click.pass_obj
def agent_password(context: Context, account: str) -> None:
    """Give a person a new password, print it once, and end their sessions."""
    from contact_center.identity import passwords

    password = passwords.made_up_password()
    context.house().people.set_password("operator", account, password)
    context.show({"account": account, "password": password}, f"{account} の新しいパスワード: {password}")


@agent.command("change")
@click.argument("account")
@click.option("--role", "roles", multiple=True, type=click.Choice(ROLES), help="All roles from now on; none: as before.")
@click.option("--city", "cities", multiple=True, help="All cities served from now on; none: as before.")
@click.pass_obj
def agent_change(context: Context, account: str, roles: tuple[str, ...], cities: tuple[str, ...]) -> None:
    """Give a person other roles or cities; their sessions end, so that nothing old goes on."""
    house = context.house()
    house.people.change("operator", account, roles or None, _cities(house, cities) if cities else None)
    context.show({"account": account}, f"{account} を変更しました。もう一度サインインしてもらってください。")


@agent.command("train")
@click.argument("account")
@click.option("--menu", "menus", multiple=True, help="A menu they are trained for; several times for several.")
@click.option("--all", "all_menus", is_flag=True, help="Trained for every menu, also those to come.")
@click.pass_obj
def agent_train(context: Context, account: str, menus: tuple[str, ...], all_menus: bool) -> None:
    """Say for which menus a person is trained: their seat serves the queues of which they know every menu."""
    house = context.house()
    with house.database.reading() as session:
        known = {menu.id for menu in house.directory.menus(session)}
    unknown = set(menus) - known
    if unknown or not (menus or all_menus):
        raise BadInput(
            "台帳にあるメニューを --menu で指定するか、--all を付けてください: %(known)s", known=", ".join(sorted(known)) or "-"
        )
    house.people.train("operator", account, None if all_menus else menus)
    context.show({"account": account, "menus": None if all_menus else list(menus)}, f"{account} の担当メニューを変更しました。")


@agent.command("leave")
@click.argument("account")
@click.pass_obj
def agent_leave(context: Context, account: str) -> None:
    """A person has left: their sessions end, and they can never sign in again."""
    context.house().people.leave("operator", account)
    context.show({"account": account}, f"{account} はもうサインインできません。")


@agent.command("unlock")
@click.argument("account")
@click.pass_obj
def agent_unlock(context: Context, account: str) -> None:
    """End the rest of an account after too many wrong passwords."""
    context.house().people.unlock("operator", account)
    context.show({"account": account}, f"{account} はまたサインインできます。")


@agent.command("factors")
@click.argument("account")
@click.pass_obj
def agent_factors(context: Context, account: str) -> None:
    """A person has lost their keys: take all second factors away; they enrol anew at the next sign-in."""
    house = context.house()
    house.factors.remove_all("operator", house.people.named(account).id)
    context.show({"account": account}, f"{account} の確認方法をすべて外しました。")


def _cities(house: House, given: tuple[str, ...]) -> list[str]:
    """The cities that were named, or all."""
    with house.database.reading() as session:
        known = [city.id for city in house.directory.cities(session)]
    unknown = set(given) - set(known)
    if unknown:
        raise BadInput("知らない市です: %(unknown)s。台帳にあるもの: %(known)s", unknown=", ".join(unknown), known=", ".join(known))
    return list(given) or known


@click.group()
def device() -> None:
    """Native phones and kiosks."""


@device.command("enrol")
@click.option("--seat", help="The seat whose native phone this is; `1` stands for `seat-1`.")
@click.option("--counter", help="The counter at which the kiosk stands.")
@click.pass_obj
def device_enrol(context: Context, seat: str | None, counter: str | None) -> None:
    """Enrol a seat's native phone (prints its token once) or a counter's kiosk (prints the code that is typed there)."""
    house = context.house()
    if (seat is None) == (counter is None):
        raise BadInput("--seat か --counter のどちらか一つを書いてください。")
    if counter is not None:
        with house.database.reading() as session:
            known = [view.line.id for view in house.directory.counters(session)]
        if counter not in known:
            raise BadInput("窓口「%(id)s」はありません。台帳にある窓口: %(known)s", id=counter, known=", ".join(known) or "-")
        code = house.devices.invite("operator", "kiosk", f"{counter} kiosk", counter)
        context.show({"counter": counter, "code": code}, f"{counter} の端末で24時間以内に madoguchi-kiosk enrol --code {code}")
        return
    seat = f"seat-{seat}" if str(seat).isdigit() else str(seat)
    with house.database.reading() as session:
        house.seats.get(session, seat)
    token = house.devices.enrol(house.devices.invite("operator", "phone", f"{seat} native phone", seat))
    context.show({"seat": seat, "token": token}, f"{seat} の電話ソフトを登録しました。MADOGUCHI_DEVICE_TOKEN={token}")


@device.command("list")
@click.pass_obj
def device_list(context: Context) -> None:
    """Every device that is not revoked, and the codes that nobody has used yet."""
    rows = [
        {"id": d.id, "kind": d.kind, "name": d.name, "place": d.place, "enrolled": d.token is not None}
        for d in context.house().devices.all()
    ]
    states = {True: "登録済み", False: "コードを出して、まだ使われていません"}
    told = [(row["id"], row["kind"], row["name"], states[bool(row["enrolled"])]) for row in rows]
    context.table(rows, ("番号", "種類", "名前", "状態"), told)


@device.command("revoke")
@click.argument("id", type=int)
@click.pass_obj
def device_revoke(context: Context, id: int) -> None:
    """Refuse a device from now on."""
    context.house().devices.revoke("operator", id)
    context.show({"id": id}, f"機器 {id} はもうつなげません。")
