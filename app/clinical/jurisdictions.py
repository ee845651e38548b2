"""Which issuers reach a place, and which column of a status table serves it."""

from collections.abc import Iterable, Mapping, Sequence

from app.clinical.knowledge import Jurisdiction

ANYWHERE = "*"
NONE_CHOSEN = "none"


def reach(code: str, known: Mapping[str, Jurisdiction]) -> tuple[str, ...]:
    """The place itself and the places whose issuers reach it, nearest first. An unlisted place has its country's reach."""
    if code in known:
        return known[code].reach
    country = code.partition("-")[0]
    return (code, *known[country].reach) if country in known else (code, country)


def reaches(jurisdictions: Iterable[str], chain: Sequence[str]) -> bool:
    """Whether a rule made for ``jurisdictions`` speaks for a place with this reach; an entry !X leaves X out."""
    named = set(jurisdictions)
    place = chain[0]
    if {f"!{place}", f"!{place.partition('-')[0]}"} & named:
        return False
    return ANYWHERE in named or not named.isdisjoint(chain)


def markets(code: str, known: Mapping[str, Jurisdiction]) -> frozenset[str]:
    """The regions whose products a place is supplied with: its own, its country's, and those of a union it is a member of."""
    country = code.partition("-")[0]
    unions = {item.code for item in known.values() if country in item.members}
    return frozenset({code, country, *unions})


def column_of(columns: Mapping[str, Sequence[str]], code: str | None) -> str:
    """The column for a place: its own code, else its country, else the column that takes all others."""
    wanted = [NONE_CHOSEN] if code is None else [code, code.partition("-")[0], ANYWHERE]
    return next(name for key in wanted for name, codes in columns.items() if key in codes)


def has_own_column(columns: Mapping[str, Sequence[str]], code: str) -> bool:
    """Whether the table names the place or its country."""
    named = {item for codes in columns.values() for item in codes}
    return not named.isdisjoint({code, code.partition("-")[0]})
