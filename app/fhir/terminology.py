"""The terms of a rule set, compiled for look-up: one dict, codes in one form however a system writes them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from app.clinical.ruleset import RuleSet
from app.clinical.terms import TEXT, Term

SNOMED = "http://snomed.info/sct"
LOINC = "http://loinc.org"
ICD_10_CM = "http://hl7.org/fhir/sid/icd-10-cm"
ICD_10 = "http://hl7.org/fhir/sid/icd-10"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
NDC = "http://hl7.org/fhir/sid/ndc"
ATC = "http://www.whocc.no/atc"
HCPCS = "http://terminology.hl7.org/CodeSystem/HCPCS"
UCUM = "http://unitsofmeasure.org"

# NamingSystem resources of hl7.terminology.r4.
_OIDS = {
    "96": SNOMED,
    "1": LOINC,
    "90": ICD_10_CM,
    "3": ICD_10,
    "88": RXNORM,
    "69": NDC,
    "73": ATC,
    "285": HCPCS,
    "8": UCUM,
    "12": "http://www.ama-assn.org/go/cpt",
}
_ALIASES = {f"urn:oid:2.16.840.1.113883.6.{arc}": system for arc, system in _OIDS.items()} | {
    "http://www.cms.gov/medicare/coding/hcpcsreleasecodesets": HCPCS,
    "https://www.cms.gov/medicare/coding/hcpcsreleasecodesets": HCPCS,
    "http://hl7.org/fhir/sid/atc": ATC,
}
_NDC_PARTS = re.compile(r"(\d{4,5})-(\d{3,4})-(\d{1,2})", re.ASCII)
_WORD = re.compile(r"[^\W_]+")
_UNDOTTED = frozenset({ICD_10_CM, ICD_10})


class CodeKey(NamedTuple):
    """A code with its system, in the one form they are compared in."""

    system: str
    code: str


@lru_cache(maxsize=512)
def canonical_system(system: str) -> str:
    """The one name of a code system: known aliases resolved, no trailing slash, no version."""
    plain = system.strip().partition("|")[0].rstrip("/")
    lowered = plain.lower()
    if lowered.startswith("https://"):
        lowered = f"http://{lowered.removeprefix('https://')}"
    return _ALIASES.get(lowered, lowered).lower()


@lru_cache(maxsize=4096)
def code_key(system: str, code: str) -> CodeKey:
    """A coding as it is looked up: ICD codes without their dot, NDC without hyphens, all codes in upper case."""
    name = canonical_system(system)
    plain = code.strip().upper()
    if name in _UNDOTTED:
        plain = plain.replace(".", "")
    return CodeKey(name, _eleven_digits(plain) if name == NDC else plain)


def _eleven_digits(ndc: str) -> str:
    """An NDC with hyphens in the form without; ten digits without hyphens stay, since they may be of three packages."""
    found = _NDC_PARTS.fullmatch(ndc)
    return "".join(part.zfill(width) for part, width in zip(found.groups(), (5, 4, 2), strict=True)) if found else ndc


def plain_words(text: str) -> str:
    """A text as it is compared: its letters and digits in lower case, one space between words."""
    return " ".join(_WORD.findall(text.casefold()))


@dataclass(frozen=True, slots=True)
class Terminology:
    """What codes and words mean. Words are tried only where no coding is known."""

    terms: tuple[Term, ...]
    by_code: Mapping[CodeKey, tuple[Term, ...]]
    by_words: Mapping[str, tuple[Term, ...]]

    def of(self, system: str, code: str) -> Sequence[Term]:
        """The terms of a coding; none if it is not known here."""
        return self.by_code.get(code_key(system, code), ())

    def said(self, text: str) -> Sequence[Term]:
        """The terms that say exactly this."""
        return self.by_words.get(plain_words(text), ())

    def in_words(self, text: str) -> Sequence[Term]:
        """The terms whose words stand somewhere in the text."""
        spaced = f" {plain_words(text)} "
        return [term for words, terms in self.by_words.items() if f" {words} " in spaced for term in terms]

    def extended(self, terms: Iterable[Term]) -> "Terminology":
        """This terminology with a site's own terms, such as its preference-list codes for immunoglobulin."""
        return compiled((*self.terms, *terms))


def compiled(terms: Iterable[Term]) -> Terminology:
    """A terminology from its terms."""
    every = tuple(terms)
    by_code: dict[CodeKey, tuple[Term, ...]] = {}
    by_words: dict[str, tuple[Term, ...]] = {}
    for term in every:
        if term.system == TEXT:
            by_words[plain_words(term.code)] = (*by_words.get(plain_words(term.code), ()), term)
        else:
            key = code_key(term.system, term.code)
            by_code[key] = (*by_code.get(key, ()), term)
    return Terminology(every, by_code, by_words)


_COMPILED: dict[str, Terminology] = {}
_MOST = 4


def terminology_of(rules: RuleSet) -> Terminology:
    """The terminology of a rule set, compiled once for each digest."""
    found = _COMPILED.get(rules.digest)
    if found is None:
        if len(_COMPILED) >= _MOST:
            _COMPILED.clear()
        found = _COMPILED[rules.digest] = compiled(rules.knowledge.terminology)
    return found
