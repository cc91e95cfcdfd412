"""Why a database lets nobody in, in a sentence. None of them repeats an address, a user or a password."""

from sqlalchemy.exc import DBAPIError

from domain.core.errors import LegworkError, Misconfigured, Unavailable

_ADDRESS = "Correct DATABASE_URL, or unset it to use the embedded one."
_REFUSALS = {
    "28": Misconfigured("The database at DATABASE_URL refuses the user or the password.", remedy=_ADDRESS),
    "3D": Misconfigured(
        "The server at DATABASE_URL has no database of that name.",
        remedy="Make it with “createdb”, or correct DATABASE_URL.",
    ),
    "42": Misconfigured(
        "The user of DATABASE_URL may not use this database.", remedy="Let them own it, or name another user."
    ),
    "53": Unavailable(
        "The database at DATABASE_URL is full, or takes no more connections.",
        remedy="Free some space or connections, or lower LEGWORK_DATABASE_POOL.",
    ),
}
"""By class of SQLSTATE: https://www.postgresql.org/docs/current/errcodes-appendix.html"""


def refusal(error: OSError | DBAPIError) -> LegworkError:
    """What a failed attempt to connect means for an operator."""
    state: object = getattr(getattr(error, "orig", None), "sqlstate", None)
    known = _REFUSALS.get(state[:2]) if isinstance(state, str) else None
    return known or Unavailable(
        "The database at DATABASE_URL does not answer.",
        remedy="Start it, correct DATABASE_URL, or unset it to use the embedded one.",
    )
