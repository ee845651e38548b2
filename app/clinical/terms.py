"""Terms: which published code means what in a patient history. The codes are data; this is their shape."""

from typing import Annotated, Literal

from pydantic import Field

from app.clinical.content import Content

Target = Annotated[str, Field(pattern=r"^[a-z_]+/[a-z0-9_.*]+$", max_length=120)]
TEXT = "text"
"""The ``system`` of a term that matches words, for an order that carries no code."""


class Term(Content):
    """One code and what it says. A code that says two things has two terms.

    ``target`` is a section of the history and the code, outcome or field in it. ``ever`` marks what stays true after
    the illness is over; ``now_only`` what is true of the present pregnancy alone, with ``past`` for an earlier one.
    ``site`` says where a thrombosis was, ``count`` how many events a summary code stands for at least.
    """

    concept: str
    target: Target
    system: str
    code: str
    display: str
    confidence: Literal["verified", "likely"]
    ever: bool = False
    now_only: bool = False
    past: Target | None = None
    site: str | None = None
    count: int | None = Field(None, ge=0, le=60)
    note: str | None = None
