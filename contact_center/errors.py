"""One vocabulary of errors: a code for programs, a sentence for people, an HTTP status.

A sentence is Japanese with named places (`%(name)s`); English comes from the catalogues in `locale/`. It tells what to
do next and never holds a person's data.
"""

from __future__ import annotations

from collections.abc import Callable


class MadoguchiError(Exception):
    """What went wrong, fit to be shown to a person.

    :param sentence: Japanese source text of gettext.
    :param values: what fills its named places; never personal data.
    """

    code = "error"
    status = 500
    exit_code = 1

    def __init__(self, sentence: str, **values: object) -> None:
        super().__init__(sentence % values if values else sentence)
        self._sentence = sentence
        self._values = values

    def sentence(self, gettext: Callable[[str], str] = str) -> str:
        """The sentence in the reader's language."""
        translated = gettext(self._sentence)
        return translated % self._values if self._values else translated


class BadInput(MadoguchiError):
    """What was given cannot be understood; nothing was changed."""

    code = "bad_input"
    status = 400
    exit_code = 2


class NotSignedIn(MadoguchiError):
    """Nobody is signed in on this connection."""

    code = "not_signed_in"
    status = 401
    exit_code = 3


class NotAllowed(MadoguchiError):
    """The actor holds no permission for this."""

    code = "not_allowed"
    status = 403
    exit_code = 3


class NotFresh(NotAllowed):
    """The act is sensitive: the actor must first show once more that it is they."""

    code = "not_fresh"


class NotFound(MadoguchiError):
    """There is no such thing, or the actor may not know of it."""

    code = "not_found"
    status = 404
    exit_code = 4


class Conflict(MadoguchiError):
    """The thing has moved on in the meantime; look again, then decide."""

    code = "conflict"
    status = 409
    exit_code = 5


class Unavailable(MadoguchiError):
    """A part of the house cannot be reached now; trying again may help."""

    code = "unavailable"
    status = 503
    exit_code = 6


class SettingsError(MadoguchiError):
    """The settings or the house's own declarations are wrong; nothing was started."""

    code = "settings"
    status = 500
    exit_code = 7
