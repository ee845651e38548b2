"""Maternal antibodies against platelets or red cells of the fetus, and whether the fetus of today is at risk."""

from functools import partial

from app.clinical.catalogue import Case, fact
from app.clinical.fetal_sections import (
    Alloimmunity,
    Detected,
    Father,
    FetalAntigen,
    PlateletAlloimmunity,
    RedCellAlloimmunity,
)
from app.clinical.timeline import truth_of
from app.logic.truth import Truth
from app.logic.values import Fact, Known, Reason, Unknown

READ = ("fetal_alloimmunity",)
PLACE = "/fetal_alloimmunity"
KINDS = {
    "fnait": ("platelet", "a human platelet antigen (HPA)"),
    "hdfn": ("red_cell", "a red-cell antigen"),
}


def sent(case: Case, kind: str) -> Alloimmunity:
    """What was sent of one kind of antibody; an empty one where nothing was."""
    section = case.history.fetal_alloimmunity
    empty = PlateletAlloimmunity() if kind == "platelet" else RedCellAlloimmunity()
    return (getattr(section, kind) if section else None) or empty


def missing(case: Case, kind: str, *names: str) -> Unknown:
    """Why a field of this section is not known."""
    reason = Reason.NOT_SENT if case.history.fetal_alloimmunity is None else Reason.NOT_RECORDED
    return Unknown(reason, tuple(f"{PLACE}/{kind}/{name}" for name in names))


def antibody(case: Case, *, kind: str) -> Fact:
    """Whether the mother has the antibody."""
    found = sent(case, kind).antibody
    return missing(case, kind, "antibody") if found is None else Known(found is Detected.PRESENT, _at(kind, "antibody"))


def _at(kind: str, *names: str) -> tuple[str, ...]:
    return tuple(f"{PLACE}/{kind}/{name}" for name in names)


def at_risk(case: Case, *, kind: str, antibody_fact: str) -> Fact:
    """Whether the fetus carries, or must carry, the antigen that the antibody is against [house-fnait-at-risk].

    True: the fetus is antigen-positive, or the father is homozygous and the antibody is known. False: the fetus is
    antigen-negative. Unknown otherwise. A negative fetus of a homozygous father, and a positive one without an
    antibody, contradict each other.
    """
    found, has = sent(case, kind), truth_of(case.fact(antibody_fact))
    homozygous = found.father is Father.HOMOZYGOUS
    if found.fetal_antigen is FetalAntigen.NEGATIVE:
        clash = homozygous
        return _typed(kind, "father", clash=clash, value=False)
    if found.fetal_antigen is FetalAntigen.POSITIVE:
        return _typed(kind, "antibody", clash=has is Truth.FALSE, value=True)
    if homozygous and has is Truth.TRUE:
        return Known(True, _at(kind, "father", "antibody"))
    return missing(case, kind, "fetal_antigen")


def _typed(kind: str, other: str, *, clash: bool, value: bool) -> Fact:
    return (
        Unknown(Reason.CONFLICTING, _at(kind, "fetal_antigen", other))
        if clash
        else Known(value, _at(kind, "fetal_antigen"))
    )


for _subject, (_kind, _antigen) in KINDS.items():
    fact(
        f"{_subject}.antibody",
        "boolean",
        question=f"Does she have an antibody against {_antigen}, and against which?",
        read_from=READ,
    )(partial(antibody, kind=_kind))
    fact(
        f"{_subject}.fetus_at_risk",
        "boolean",
        question=f"Does the fetus carry the antigen (fetal typing), or is the father homozygous for it ({_antigen})?",
        read_from=READ,
    )(partial(at_risk, kind=_kind, antibody_fact=f"{_subject}.antibody"))


@fact(
    "hdfn.red_cell_antibody",
    "boolean",
    question="Does she have a red-cell antibody, and which?",
    read_from=(*READ, "laboratory"),
)
def red_cell_antibody(case: Case) -> Fact:
    """A red-cell antibody as sent; else none where the antibody screen is negative. A positive screen names no antibody."""
    stated, screen = case.fact("hdfn.antibody"), case.fact("lab.red_cell_antibody_screen_positive")
    if isinstance(stated, Known) or not isinstance(screen, Known):
        return stated
    return Unknown(Reason.NOT_DETERMINABLE, screen.sources) if screen.value is True else screen


def _red_cell_number(case: Case, *, name: str) -> Fact:
    value = getattr(sent(case, "red_cell"), name)
    return missing(case, "red_cell", name) if value is None else Known(value, _at("red_cell", name))


fact(
    "hdfn.titre",
    "number",
    unit="{titer}",
    question="What is the latest titre of the red-cell antibody (the reciprocal: 32 for 1:32)?",
    read_from=READ,
)(partial(_red_cell_number, name="titre"))
fact(
    "hdfn.mca_psv_mom",
    "number",
    unit="{MoM}",
    question="What is the latest middle cerebral artery peak velocity of the fetus (Doppler), in multiples of the median?",
    read_from=READ,
)(partial(_red_cell_number, name="mca_psv_mom"))
