"""Who acts: a signed-in person, or an enrolled device."""

from __future__ import annotations

from dataclasses import dataclass

from contact_center.errors import NotAllowed


@dataclass(frozen=True)
class Actor:
    """A person or device as the rest of the house sees them.

    :param person: id of the person; 0 for a device.
    :param name: display name.
    :param rights: names of the permissions held.
    :param cities: ids of the cities served.
    :param session: id of the sign-in.
    :param fresh: whether they have shown a short while ago that it is they who sit there; sensitive acts ask for it.
    :param device: the seat whose native phone this is, or empty for a person.
    """

    person: int
    name: str
    rights: frozenset[str]
    cities: frozenset[str]
    session: int | None = None
    language: str = "ja"
    device: str = ""
    fresh: bool = False

    @property
    def word(self) -> str:
        """How this actor is written in events and audit."""
        return f"device:{self.device}" if self.device else f"person:{self.person}"

    def serves(self, city: str | None) -> bool:
        """Whether the things of that city concern this actor; what belongs to no city concerns all."""
        return city is None or city in self.cities

    def require(self, permission: str, city: str | None = None) -> None:
        """Refuse where the right is not held, or not for that city.

        :raises NotAllowed: with nothing done.
        """
        if permission not in self.rights or not self.serves(city):
            raise NotAllowed("この操作の権限がありません。必要なときは責任者にお申し出ください。")
