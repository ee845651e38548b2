"""Generated histories of the parts that the form covers."""

from typing import Any

from hypothesis import strategies as st

from app.clinical.catalogue import entries
from app.clinical.history import Section
from app.clinical.laboratory_tests import TESTS
from app.clinical.obstetric_sections import (
    Complication,
    Conception,
    Confirmation,
    Cycle,
    OocyteSource,
    Ploidy,
    PregnancyOutcome,
    Quality,
    Stage,
    TransferOutcome,
    Treatment,
)
from app.clinical.result_sections import AplAssay, AplMethod, AplResult, AplUnit, Finding
from app.clinical.sections import Reaction

flags = st.booleans()
days = st.one_of(
    st.integers(2015, 2025).map(str),
    st.tuples(st.integers(2015, 2025), st.integers(1, 12)).map(lambda part: f"{part[0]}-{part[1]:02}"),
    st.dates().map(lambda day: day.replace(year=2015 + day.year % 11, day=min(day.day, 28)).isoformat()),
)
weeks = st.integers(4, 40)
gestations = st.one_of(
    st.fixed_dictionaries({"weeks": weeks}),
    st.fixed_dictionaries({"weeks": weeks, "days": st.integers(0, 6)}),
    weeks.map(lambda week: {"weeks": week, "weeks_max": week + 2}),
)
counts = st.one_of(
    st.integers(0, 9), st.fixed_dictionaries({"minimum": st.integers(0, 4)}, optional={"maximum": st.integers(4, 9)})
)


def members(required: dict[str, Any] | None = None, **optional: Any) -> Any:
    return st.fixed_dictionaries(required or {}, optional=optional)


def some(kind: Any) -> Any:
    return st.sampled_from([item.value for item in kind])


def several(kind: Any, most: int, least: int = 0) -> Any:
    return st.lists(some(kind), unique=True, min_size=least, max_size=most)


pregnancies = members(
    {"outcome": some(PregnancyOutcome)},
    gestational_age=gestations,
    ended_on=days,
    confirmed_by=some(Confirmation),
    conception=some(Conception),
    karyotype=some(Finding),
    fetal_morphology=some(Finding),
    complications=several(Complication, 4),
    same_partner=flags,
    treatments=several(Treatment, 3, 1),
    treatment_started_at=gestations,
)
transfers = members(
    {"outcome": some(TransferOutcome)},
    on=days,
    embryos=st.integers(1, 3),
    stage=some(Stage),
    quality=some(Quality),
    ploidy=some(Ploidy),
    oocyte_source=some(OocyteSource),
    cycle=some(Cycle),
    predicted_chance=st.decimals(0, 1, places=2).map(float),
    immunomodulation=flags,
)
antiphospholipid = members(
    {"assay": some(AplAssay)},
    on=days,
    value=st.integers(0, 200),
    unit=some(AplUnit),
    result=some(AplResult),
    method=some(AplMethod),
    above_99th_percentile=flags,
    on_anticoagulant=flags,
)


@st.composite
def laboratory(draw: Any) -> Any:
    test = draw(st.sampled_from([test for test in TESTS.values() if test.scales]))
    scale = draw(st.sampled_from(test.scales))
    value = draw(st.decimals(scale.lowest, scale.highest, places=2).map(float))
    made = {"test": test.code, "value": value, "unit": scale.unit}
    return made | draw(members(on=days, baseline=flags, comparator=st.sampled_from(["<", ">"])))


def presence(section: Section, yes: str, no: str) -> Any:
    codes = st.sampled_from([entry.code for entry in entries(section)])
    return st.dictionaries(codes, st.sampled_from([yes, no]), max_size=6).map(
        lambda found: [{"code": code, "status": status} for code, status in found.items()]
    )


def investigations() -> Any:
    codes = st.sampled_from([entry.code for entry in entries(Section.INVESTIGATIONS)])
    return st.lists(
        st.tuples(codes, some(Finding)).map(lambda found: {"code": found[0], "result": found[1]}), max_size=3
    )


pregnant = st.fixed_dictionaries(
    {
        "pregnancy_status": st.just("pregnant"),
        "current_pregnancy": members(
            {"gestational_age": gestations}, plurality=st.integers(1, 3), bleeding=flags, intrauterine=flags
        ),
    }
)
other = st.fixed_dictionaries({"pregnancy_status": st.sampled_from(["not_pregnant", "trying", "in_treatment_cycle"])})

histories = st.builds(
    lambda own, status: own | status,
    members(
        patient=members(
            age_years=st.integers(18, 50),
            weight_kg=st.decimals(40, 140, places=1).map(float),
            height_cm=st.integers(140, 200),
            blood_group=st.sampled_from(["A", "B", "AB", "O"]),
            rh_d=st.sampled_from(["positive", "negative"]),
            smoker=flags,
        ),
        pregnancies=st.lists(pregnancies, max_size=5),
        loss_summary=members(losses=counts, live_births=counts),
        embryo_transfers=st.lists(transfers, max_size=5),
        antiphospholipid_tests=st.lists(antiphospholipid, max_size=5),
        laboratory=st.lists(laboratory(), max_size=5),
        conditions=presence(Section.CONDITIONS, "present", "absent"),
        medications=presence(Section.MEDICATIONS, "active", "stopped"),
        allergies=presence(Section.ALLERGIES, "present", "absent"),
        investigations=investigations(),
        previous_ivig=st.lists(members({"reaction": some(Reaction)}, on=days), max_size=3),
        complete_sections=st.lists(
            st.sampled_from(["pregnancies", "embryo_transfers", "antiphospholipid_tests", "previous_ivig"]), unique=True
        ),
    ),
    st.one_of(pregnant, other, st.just({})),
)
