"""Whose feedback and cards these are."""

from starlette.requests import Request

from app.web.security import caller_of


def tenant_of(request: Request) -> str:
    """The tenant of this call, or its credential where it names none; everybody is one where no credential is asked for."""
    caller = caller_of(request)
    return caller.tenant or caller.id
