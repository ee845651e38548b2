"""Who calls: the one place where routes ask."""

from starlette.requests import Request

ANYONE = "anyone"


def caller_of(_request: Request) -> str:
    """The tenant of this call; everybody is the same one where no credential is asked for."""
    return ANYONE
