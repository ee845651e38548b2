"""The Patient resource and the measurements of her body: age, sex, weight, height, blood group."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

from app.clinical.sections import BloodGroup, Patient, RhD, Sex
from app.fhir.bundle import Resource
from app.fhir.draft import Draft, origin
from app.fhir.observations import Measured, newest_first, said_in_words
from app.fhir.reading import Unread, Why
from app.fhir.terminology import plain_words
from app.fhir.units import quantity_unit
from app.fhir.values import quantity, targets
from app.fhir.walk import When, text, when

_SEX = {"female": Sex.FEMALE, "male": Sex.MALE}
YOUNGEST, OLDEST = 10, 70
_WEIGHT = {
    "kg": Decimal(1),
    "g": Decimal("0.001"),
    "[lb_av]": Decimal("0.45359237"),
    "[oz_av]": Decimal("0.028349523125"),
}
_LENGTH = {"cm": Decimal(1), "m": Decimal(100), "[in_i]": Decimal("2.54")}
_SCALES = {"weight_kg": _WEIGHT, "prepregnancy_weight_kg": _WEIGHT, "height_cm": _LENGTH}


def read_patient(draft: Draft, resource: Resource) -> None:
    """Sex and age from the Patient resource. An age that a partial birth date leaves open stays unknown."""
    sex = _SEX.get(text(resource.data, "gender") or "")
    if sex:
        draft.fields["sex"] = (sex, origin(resource))
    born = when(text(resource.data, "birthDate"))
    if born is None:
        return
    if draft.as_of and not YOUNGEST <= _years(born.last, draft.as_of) <= OLDEST:
        draft.skip(resource, Why.IMPLAUSIBLE)
    elif born.first == born.last:
        draft.fields["birth_date"] = (born.first, origin(resource))
    else:
        _age(draft, resource, born)


def _age(draft: Draft, resource: Resource, born: When) -> None:
    ages = {_years(day, draft.as_of) for day in (born.first, born.last)} if draft.as_of else set()
    if len(ages) == 1:
        draft.fields["age_years"] = (ages.pop(), origin(resource))
    else:
        draft.skip(resource, Why.PRECISION)


def _years(born: date, on: date) -> int:
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def read_body(draft: Draft) -> None:
    """The newest of each measurement."""
    for name, scale in _SCALES.items():
        _first(draft, name, partial(_measure, scale=scale))
    _first(draft, "blood_group", lambda item: _group(draft, item))
    _first(draft, "rh_d", lambda item: _rh(draft, item))


def _first(draft: Draft, name: str, read: Callable[[Measured], Any]) -> None:
    """Take the newest observation that can be read; those that cannot are listed."""
    for item in newest_first(draft.found.get(f"patient/{name}", ())):
        value = read(item)
        if value is not None:
            draft.fields[name] = (value, origin(item.resource, item.at))
            return
        draft.unread.append(Unread(item.resource.reference, Why.VALUE))


def _measure(item: Measured, scale: Mapping[str, Decimal]) -> Decimal | None:
    held = quantity(item.data)
    unit = quantity_unit(held.data, scale) if held and held.comparator is None else None
    if held is None or unit is None:
        return None
    found = (held.value * scale[unit]).quantize(Decimal("0.01"))
    try:
        Patient.__pydantic_validator__.validate_assignment(Patient.model_construct(), item.name, found)
    except ValueError:
        return None
    return found


def _group(draft: Draft, item: Measured) -> BloodGroup | None:
    """The ABO group by its code, or by words such as "O Rh(D) positive"."""
    coded = {target.partition(".")[2] for target in targets(item.data, draft.terms, "value/abo.")}
    named = coded or {group for said in said_in_words(item.data) if (group := _abo(plain_words(said)))}
    return BloodGroup(named.pop().upper()) if len(named) == 1 else None


def _abo(said: str) -> str | None:
    first = said.removeprefix("blood group ").removeprefix("group ").partition(" ")[0]
    return first if first in {"a", "b", "ab", "o"} else None


def _rh(draft: Draft, item: Measured) -> RhD | None:
    coded = {target.partition(".")[2] for target in targets(item.data, draft.terms, "value/rh.")}
    coded |= {target.partition("/")[2] for target in targets(item.data, draft.terms, "result/")}
    named = coded or {sign for said in said_in_words(item.data) if (sign := _sign(plain_words(said)))}
    return RhD(named.pop()) if len(named) == 1 and named <= {"positive", "negative"} else None


def _sign(said: str) -> str | None:
    """The sign in words such as "O Rh(D) positive"; "pos" and "neg" are words of laboratories."""
    found = {{"pos": "positive", "neg": "negative"}.get(word, word) for word in said.split()} & {"positive", "negative"}
    return found.pop() if len(found) == 1 else None
