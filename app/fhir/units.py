"""Units as they are written in charts, in the one UCUM form that the history takes. No number is converted here."""

from collections.abc import Iterable
from functools import lru_cache

from app.fhir.terminology import UCUM, canonical_system
from app.fhir.walk import Json, text

_SPELLINGS = {
    "10*9/L": ("10^9/l", "x10^9/l", "x10*9/l", "x10e9/l", "10e9/l", "10e+9/l", "giga/l", "g/l platelets"),
    "10*3/uL": (
        "10^3/ul",
        "x10^3/ul",
        "x10*3/ul",
        "x10e3/ul",
        "10e3/ul",
        "k/ul",
        "thou/ul",
        "10*3/mm3",
        "10^3/mm3",
        "k/mm3",
        "10*3/mcl",
        "k/mcl",
    ),
    "/uL": ("/ul", "cells/ul", "/mm3", "{cells}/ul", "/mcl"),
    "umol/L": ("umol/l", "mcmol/l", "micromol/l"),
    "mmol/L": ("mmol/l",),
    "meq/L": ("meq/l",),
    "mg/dL": ("mg/dl",),
    "mg/L": ("mg/l",),
    "g/L": ("g/l",),
    "g/dL": ("g/dl",),
    "ug/mL": ("ug/ml", "mcg/ml"),
    "U/L": ("u/l",),
    "[IU]/L": ("iu/l", "[iu]/l"),
    "ukat/L": ("ukat/l",),
    "m[IU]/L": ("miu/l", "m[iu]/l", "mu/l"),
    "u[IU]/mL": ("uiu/ml", "u[iu]/ml", "mciu/ml"),
    "k[IU]/L": ("kiu/l", "k[iu]/l"),
    "[IU]/mL": ("iu/ml", "[iu]/ml"),
    "{ratio}": ("ratio", "{ratio}"),
    "1": ("1", "{1}"),
    "%": ("%",),
    "mg/mmol": ("mg/mmol",),
    "g/mol": ("g/mol",),
    "mg/mg": ("mg/mg", "mg/mg{creat}", "mg/mg creat"),
    "g/g": ("g/g", "g/g{creat}", "g/g creat"),
    "mg/g": ("mg/g", "mg/g{creat}", "mg/g creat"),
    "mg/(24.h)": ("mg/(24.h)", "mg/24 h", "mg/24h", "mg/24hr", "mg/24 hr"),
    "mg/d": ("mg/d", "mg/day"),
    "g/(24.h)": ("g/(24.h)", "g/24 h", "g/24h", "g/24hr", "g/24 hr"),
    "g/d": ("g/d", "g/day"),
    "mm[Hg]": ("mm[hg]", "mmhg", "mm hg"),
    "kg": ("kg",),
    "g": ("g",),
    "[lb_av]": ("[lb_av]", "lb", "lbs", "pound"),
    "[oz_av]": ("[oz_av]", "oz"),
    "cm": ("cm",),
    "m": ("m",),
    "[in_i]": ("[in_i]", "in", "inch"),
    "wk": ("wk", "week", "weeks", "w"),
    "d": ("d", "day", "days"),
    "g/kg": ("g/kg",),
    "mg/kg": ("mg/kg",),
    "GPL": ("[gpl'u]", "[gpl'u]/ml", "gpl", "gpl u/ml", "gpl'u/ml", "gpl/ml", "{gpl'u}/ml", "gpl units"),
    "MPL": ("[mpl'u]", "[mpl'u]/ml", "mpl", "mpl u/ml", "mpl'u/ml", "mpl/ml", "{mpl'u}/ml", "mpl units"),
    "U": ("u", "u/ml", "[arb'u]/ml", "[arb'u]", "cu", "{cu}", "[cu]", "sgu", "smu", "{sgu}", "{smu}", "ru/ml", "au/ml"),
}
_UNITS = {spelling: unit for unit, spellings in _SPELLINGS.items() for spelling in spellings}


@lru_cache(maxsize=1024)
def unit_of(stated: str) -> str | None:
    """The one form of a unit, or None if it is not known. A capital M is mega, which no result of a chart is in."""
    plain = stated.strip().replace("\u00b5", "u").replace("\u03bc", "u")
    if plain in _SPELLINGS:
        return plain
    return None if plain.startswith("M") and not plain.startswith("MPL") else _UNITS.get(plain.lower())


def quantity_unit(quantity: Json, accepted: Iterable[str]) -> str | None:
    """The unit of a Quantity, if it is one of those accepted: by its UCUM code, else as it is written."""
    code, written = text(quantity, "code"), text(quantity, "unit")
    if code and canonical_system(text(quantity, "system") or UCUM) == UCUM:
        found = unit_of(code)
    else:
        found = unit_of(written or "")
    return found if found in set(accepted) else None
