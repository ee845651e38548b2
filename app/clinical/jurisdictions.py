"""Which issuers reach a place, where a place lies, and which column of a status table serves it."""

from collections.abc import Iterable, Mapping, Sequence

from app.clinical.references import Jurisdiction

ANYWHERE = "*"
NONE_CHOSEN = "none"


def country_of(code: str) -> str:
    """The country of a subdivision; a country, or the EU, itself."""
    return code.partition("-")[0]


def reach(code: str, known: Mapping[str, Jurisdiction]) -> tuple[str, ...]:
    """The place itself and the places whose issuers reach it, nearest first. An unlisted place has its country's reach."""
    if code in known:
        return known[code].reach
    country = country_of(code)
    return (code, *(known[country].reach if country in known else (country,) if country != code else ()))


def chain_of(code: str | None, known: Mapping[str, Jurisdiction]) -> tuple[str, ...]:
    """As ``reach``; with no place chosen, what only rules for all places and for none answer to."""
    return reach(code, known) if code else (NONE_CHOSEN,)


def places(code: str | None, known: Mapping[str, Jurisdiction]) -> tuple[str, ...]:
    """The place and what it lies in, nearest first: its country, its union, anywhere. None chosen lies nowhere.

    Unlike ``reach`` this says whose rules of law and money hold: Australia hears European societies and is no EU state.
    """
    if code is None:
        return (NONE_CHOSEN,)
    country = country_of(code)
    unions = known[country].member_of if country in known else ()
    return tuple(dict.fromkeys((code, country, *unions, ANYWHERE)))


def reaches(jurisdictions: Iterable[str], chain: Sequence[str]) -> bool:
    """Whether a rule made for ``jurisdictions`` speaks for a place with this reach; an entry !X leaves X out."""
    named = set(jurisdictions)
    place = chain[0]
    if {f"!{place}", f"!{country_of(place)}"} & named:
        return False
    return ANYWHERE in named or not named.isdisjoint(chain)


def markets(code: str, known: Mapping[str, Jurisdiction]) -> frozenset[str]:
    """The regions whose products a place is supplied with: its own, its country's, and those of a union it is a member of."""
    return frozenset(places(code, known)) - {ANYWHERE}


def column_of(columns: Mapping[str, Sequence[str]], code: str | None) -> str:
    """The column for a place: its own code, else its country, else the column that takes all others."""
    wanted = [NONE_CHOSEN] if code is None else [code, country_of(code), ANYWHERE]
    return next(name for key in wanted for name, codes in columns.items() if key in codes)


def has_own_column(columns: Mapping[str, Sequence[str]], code: str) -> bool:
    """Whether the table names the place or its country."""
    named = {item for codes in columns.values() for item in codes}
    return not named.isdisjoint({code, country_of(code)})
