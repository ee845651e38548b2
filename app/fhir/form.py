"""The items of our Questionnaires: what is asked, how it is answered, and where the answer stands in a PatientHistory.

The items follow from the shapes of the history, so an answer can always be read back to where it belongs. A link id is the
id of a fact where there is one (``patient.weight_kg``, ``condition.diabetes``, ``lab.platelets``), else the place in the history.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from app.clinical.catalogue import Coding
from app.clinical.exposure_sections import ClockTime
from app.clinical.scalars import CountRange, PartialDate
from app.fhir.names import NULL_FLAVOUR, YES_NO, canonical, words

Kind = Literal["group", "boolean", "integer", "decimal", "quantity", "date", "time", "choice", "string"]
Role = Literal["heading", "list", "field", "presence", "complete"]
Gate = tuple[str, str]
NONE_OF_THESE = "none_of_these"


@dataclass(frozen=True, slots=True)
class Item:
    """One item. ``path`` leads from the history, or from the entry of the list ``owner``, to the member it fills.

    ``fixed`` are members that every entry of a list carries; ``gate`` is the answer without which this is not asked;
    ``unit_member`` takes the unit of a quantity where the history keeps it.
    """

    link: str
    text: str
    kind: Kind
    role: Role = "field"
    path: tuple[str, ...] = ()
    owner: str | None = None
    options: tuple[Coding, ...] = ()
    units: tuple[str, ...] = ()
    unit_member: str | None = None
    codes: tuple[Coding, ...] = ()
    repeats: bool = False
    required: bool = False
    fixed: Mapping[str, str] = field(default_factory=dict)
    items: tuple["Item", ...] = ()
    gate: Gate | None = None


@dataclass(frozen=True, slots=True)
class Words:
    """What the shapes do not say: the wording, unit and codes of single items, by link id."""

    texts: Mapping[str, str]
    units: Mapping[str, tuple[str, ...]]
    codes: Mapping[str, tuple[Coding, ...]]
    left_out: frozenset[str]


UNKNOWN = Coding(NULL_FLAVOUR, "UNK", "Unknown")
YES = Coding(YES_NO, "Y", "Yes")
NO = Coding(YES_NO, "N", "No")


def walk(items: Iterable[Item]) -> Iterator[Item]:
    """Every item, each group before its members."""
    for item in items:
        yield item
        yield from walk(item.items)


def members(
    shape: type[BaseModel], link: str, said: Words, path: tuple[str, ...] = (), owner: str | None = None
) -> tuple[Item, ...]:
    """An item for each member of a shape of the history; ``path`` leads to the shape."""
    return tuple(
        item
        for name, info in shape.model_fields.items()
        if f"{link}.{name}" not in said.left_out
        for item in _member(f"{link}.{name}", (*path, name), info, said, owner)
    )


def listed(  # a list section: one group for each entry
    shape: type[BaseModel],
    link: str,
    text: str,
    said: Words,
    path: tuple[str, ...],
    fixed: Mapping[str, str] | None = None,
) -> Item:
    """A repeating group: one entry of a list of the history."""
    return Item(
        link,
        text,
        "group",
        "list",
        path,
        repeats=True,
        fixed=fixed or {},
        items=members(shape, link, said, owner=link),
        codes=said.codes.get(link, ()),
    )


def _member(link: str, path: tuple[str, ...], info: FieldInfo, said: Words, owner: str | None) -> Iterator[Item]:
    kinds = _kinds(info.annotation)
    text = said.texts.get(link) or info.description or words(path[-1])
    if CountRange in kinds:
        yield from _count(link, path, text, said)
        return
    shape = next((kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)), None)
    if shape:
        yield Item(link, text, "group", "heading", path, owner, items=members(shape, link, said, path, owner))
        return
    repeats, inner = _repeated(kinds)
    yield Item(
        link,
        text,
        _kind(inner, link, said),
        "field",
        path,
        owner,
        _options(inner, repeats=repeats),
        said.units.get(link, ()),
        codes=said.codes.get(link, ()),
        repeats=repeats,
        required=info.is_required(),
    )


def _count(link: str, path: tuple[str, ...], text: str, said: Words) -> Iterator[Item]:
    """A count: the number, or where only bounds are known these."""
    yield Item(link, text, "integer", "field", path, codes=said.codes.get(link, ()))
    yield Item(f"{link}.minimum", f"{text} If not exactly known: at least", "integer", "field", (*path, "minimum"))
    yield Item(f"{link}.maximum", f"{text} If not exactly known: at most", "integer", "field", (*path, "maximum"))


def _kinds(annotation: Any) -> tuple[Any, ...]:
    """The alternatives of an annotation, without None, each kept with what it is annotated with."""
    if get_origin(annotation) in {Union, UnionType}:
        return tuple(kind for part in get_args(annotation) for kind in _kinds(part))
    return () if annotation is type(None) else (annotation,)


def _repeated(kinds: tuple[Any, ...]) -> tuple[bool, Any]:
    inner = kinds[0]
    return (True, get_args(inner)[0]) if get_origin(inner) is tuple else (False, inner)


def _plain(kind: Any) -> Any:
    return get_args(kind)[0] if get_origin(kind) is Annotated else kind


def _kind(kind: Any, link: str, said: Words) -> Kind:
    if kind == PartialDate:
        return "date"
    if kind == ClockTime or link.endswith(".time"):
        return "time"
    plain = _plain(kind)
    if issubclass(plain, StrEnum):
        return "choice"
    if plain is Decimal:
        return "quantity" if link in said.units else "decimal"
    found: dict[type, Kind] = {bool: "boolean", int: "integer", date: "date", str: "string"}
    return found[plain]


def _options(kind: Any, *, repeats: bool) -> tuple[Coding, ...]:
    plain = _plain(kind)
    if not issubclass(plain, StrEnum):
        return ()
    system = canonical("code-system", _kebab(plain.__name__))
    values = [item.value for item in plain]
    # An empty list says that there was none; that must be something one can answer.
    none = [NONE_OF_THESE] if repeats and "none" not in values else []
    return (*(Coding(system, value, words(value)) for value in (*values, *none)), UNKNOWN)


def _kebab(name: str) -> str:
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("-")
