"""What an Observation says: units, bounds, limits, words, the newest of a day, pressures, counts, and the pregnancy."""

from decimal import Decimal

import pytest

from app.clinical.result_sections import Comparator
from app.services.intake import checked
from tests.fhir.charts import ICD, LOINC, SNOMED, concept, condition, observation, quantity
from tests.fhir.conftest import TODAY

POSITIVE = {"interpretation": [concept(("http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation", "POS"))]}
NEGATIVE = {"interpretation": [concept(("http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation", "NEG"))]}


@pytest.mark.parametrize(
    ("code", "value", "test", "unit"),
    [
        ("777-3", quantity(88, "10*3/uL"), "platelets", "10*3/uL"),
        ("777-3", {"value": 88, "unit": "K/uL"}, "platelets", "10*3/uL"),
        ("777-3", {"value": 88, "unit": "x10^9/L"}, "platelets", "10*9/L"),
        ("26515-7", {"value": 88000, "unit": "cells/uL", "code": "/uL"}, "platelets", "/uL"),
        ("14682-9", {"value": 88, "unit": "\u00b5mol/L"}, "creatinine", "umol/L"),
        ("2160-0", {"value": 0.9, "unit": "MG/DL", "code": "mg/dL"}, "creatinine", "mg/dL"),
        ("2458-8", quantity(5, "mg/dL"), "iga", "mg/dL"),
        ("3016-3", {"value": 2.1, "unit": "uIU/mL"}, "tsh", "u[IU]/mL"),
    ],
)
def test_units_are_brought_to_the_form_that_the_history_takes(read, code, value, test, unit):
    (entry,) = read(observation("o1", code, valueQuantity=value)).history.laboratory
    assert (entry.test, entry.unit, entry.value) == (test, unit, Decimal(str(value["value"])))


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (quantity(88, "mg/dL"), "unit"),
        ({"value": 88}, "unit"),
        ({"value": 88, "unit": "K/uL", "system": "http://unitsofmeasure.org", "code": "mL"}, "unit"),
        (quantity(88000, "10*3/uL"), "implausible"),
        (quantity(88, "10*3/uL", comparator="ad"), "malformed"),
        ({"unit": "10*3/uL"}, "malformed"),
    ],
)
def test_a_number_that_cannot_be_read_is_listed_with_the_reason(read, value, why):
    found = read(observation("o1", "777-3", valueQuantity=value))
    assert (found.history.laboratory, found.not_understood) == ((), (("Observation/o1", why),))


def test_a_result_without_a_value_is_listed(read):
    reason = concept(("http://terminology.hl7.org/CodeSystem/data-absent-reason", "not-performed"))
    found = read(observation("o1", "777-3", dataAbsentReason=reason))
    assert (found.history.laboratory, found.not_understood) == ((), (("Observation/o1", "no_value"),))


@pytest.mark.parametrize(
    ("sign", "kept"),
    [
        ("<", Comparator.LESS_THAN),
        ("<=", Comparator.LESS_THAN),
        (">", Comparator.GREATER_THAN),
        (">=", Comparator.GREATER_THAN),
    ],
)
def test_a_bound_stays_a_bound(read, sign, kept):
    (entry,) = read(observation("o1", "2458-8", valueQuantity=quantity(7, "mg/dL", comparator=sign))).history.laboratory
    assert entry.comparator is kept


def test_a_date_stays_as_exact_as_it_was(read):
    found = read(
        *[observation(f"o{on}", "777-3", on, valueQuantity=quantity(88, "10*3/uL")) for on in ("2024", "2025-03", None)]
    )
    assert {item.on for item in found.history.laboratory} == {"2024", "2025-03", None}


@pytest.mark.parametrize(
    ("ranges", "limit"),
    [
        ([{"high": quantity(35, "U/L")}], Decimal(35)),
        ([{"high": {"value": 35}}], Decimal(35)),
        ([{"high": quantity(0.6, "ukat/L")}], None),
        ([{"high": quantity(35, "U/L")}, {"high": quantity(45, "U/L")}], None),
        ([{"high": quantity(35, "U/L"), "appliesTo": [{"text": "men"}]}], None),
        ([{"low": quantity(5, "U/L")}], None),
    ],
)
def test_the_upper_limit_is_the_laboratorys_own(read, ranges, limit):
    given = observation("o1", "1920-8", valueQuantity=quantity(80, "U/L"), referenceRange=ranges)
    assert read(given).history.laboratory[0].upper_limit_of_normal == limit


def test_of_one_day_the_last_result_counts(read):
    found = read(
        observation("early", "777-3", "2026-11-01T06:00:00+01:00", valueQuantity=quantity(120, "10*3/uL")),
        observation("late", "777-3", "2026-11-01T05:30:00Z", valueQuantity=quantity(88, "10*3/uL")),
    )
    assert [item.value for item in found.history.laboratory] == [Decimal(88)]
    assert found.provenance["/laboratory/0"].reference == "Observation/late"
    assert ("Observation/early", "an_older_result_than_those_kept") in found.not_understood


def test_among_thousands_the_newest_of_every_test_is_kept(read):
    many = [
        observation(
            f"p{place}", "777-3", f"{1990 + place // 12}-{place % 12 + 1:02}-03", valueQuantity=quantity(200, "10*3/uL")
        )
        for place in range(400)
    ]
    old = observation("iga", "2458-8", "1985-01-01", valueQuantity=quantity(3, "mg/dL"))
    found = read(old, *many)
    assert len(found.history.laboratory) == 200
    assert {item.test for item in found.history.laboratory} == {"platelets", "iga"}
    assert max(item.on for item in found.history.laboratory) == "2023-04-03"


@pytest.mark.parametrize(
    ("more", "result"),
    [
        ({"valueCodeableConcept": concept((SNOMED, "260373001"))}, "positive"),
        ({"valueCodeableConcept": concept((SNOMED, "260415000"))}, "negative"),
        ({"valueCodeableConcept": {"text": "Not detected"}}, "negative"),
        ({"valueString": "POSITIVE"}, "positive"),
        (POSITIVE, "positive"),
        (NEGATIVE, "negative"),
    ],
)
def test_a_reading_in_code_or_word(read, more, result):
    found = read(observation("o1", "3281-3", **more), observation("o2", "1007-4", **more)).history
    assert found.antiphospholipid_tests[0].result == result
    assert found.laboratory[0].result == result


@pytest.mark.parametrize("words", ["weakly positive?", "see comment", ""])
def test_other_words_are_not_guessed(read, words):
    found = read(observation("o1", "3281-3", valueString=words))
    assert found.history.antiphospholipid_tests is None
    assert len(found.not_understood) == 1


def test_a_reading_that_contradicts_itself_is_listed(read):
    found = read(observation("o1", "3281-3", valueString="positive", **NEGATIVE))
    assert (found.history.antiphospholipid_tests, found.not_understood) == (
        None, (("Observation/o1", "contradicted_by_other_entries"),)
    )  # fmt: skip


@pytest.mark.parametrize(
    ("code", "unit", "kept"),
    [
        ("3181-5", "[GPL'U]", "GPL"),
        ("3182-3", "MPL U/mL", "MPL"),
        ("44448-9", "[arb'U]/mL", "U"),
        ("44449-7", "U/mL", "U"),
    ],
)
def test_titres_keep_their_arbitrary_unit(read, code, unit, kept):
    (entry,) = read(observation("o1", code, valueQuantity={"value": 62, "unit": unit})).history.antiphospholipid_tests
    assert (entry.value, entry.unit) == (Decimal(62), kept)


@pytest.mark.parametrize(
    ("code", "value", "name", "kept"),
    [
        ("29463-7", quantity(137, "[lb_av]"), "weight_kg", Decimal("62.14")),
        ("29463-7", {"value": 62000, "unit": "g"}, "weight_kg", Decimal("62.00")),
        ("8302-2", quantity(65, "[in_i]"), "height_cm", Decimal("165.10")),
        ("8302-2", quantity(1.65, "m"), "height_cm", Decimal("165.00")),
        ("29463-7", quantity(620, "kg"), "weight_kg", None),
        ("29463-7", quantity(62, "cm"), "weight_kg", None),
    ],
)
def test_her_body_in_other_units(read, code, value, name, kept):
    assert getattr(read(observation("o1", code, valueQuantity=value)).history.patient, name) == kept


def test_the_newest_weight_counts(read):
    found = read(
        observation("new", "29463-7", "2026-11-01", valueQuantity=quantity(62, "kg")),
        observation("old", "29463-7", "2020-11-01", valueQuantity=quantity(55, "kg")),
    )
    assert found.history.patient.weight_kg == 62
    assert found.provenance["/patient/weight_kg"].reference == "Observation/new"


@pytest.mark.parametrize(
    ("said", "group", "sign"),
    [("O Rh(D) positive", "O", "positive"), ("AB NEG", "AB", "negative"), ("A", "A", None), ("pending", None, None)],
)
def test_a_blood_group_in_words(read, said, group, sign):
    found = read(observation("o1", "882-1", valueCodeableConcept={"text": said})).history.patient
    assert (found.blood_group, found.rh_d) == (group, sign)


@pytest.mark.parametrize(
    ("born", "age", "day"),
    [("1992-03-01", None, True), ("1992-03", 34, False), ("1992-11", None, False), ("1992", None, False)],
)
def test_a_partial_birth_date_gives_an_age_only_where_it_is_certain(terms, born, age, day):
    from app.fhir.reader import read_bundle
    from tests.fhir.charts import bundle, patient

    found = read_bundle(bundle(patient(birthDate=born)), terms, as_of=TODAY).history.patient
    assert (found.age_years, found.birth_date is not None) == (age, day)


def test_single_pressures_of_one_moment_are_one_reading(read):
    found = read(
        observation("s", "8480-6", "2026-11-01T10:00:00Z", valueQuantity=quantity(150, "mm[Hg]")),
        observation("d", "8462-4", "2026-11-01T10:00:00Z", valueQuantity=quantity(95, "mmHg")),
        observation("alone", "8480-6", "2026-11-02T10:00:00Z", valueQuantity=quantity(170, "mm[Hg]")),
    )
    assert [(item.systolic, item.diastolic) for item in found.history.vitals] == [(150, 95)]
    assert ("Observation/alone", "no_value") in found.not_understood


@pytest.mark.parametrize(
    "more",
    [{"valueInteger": 3}, {"valueQuantity": {"value": 3}}, {"valueString": "3"}, {"valueQuantity": quantity(3, "{#}")}],
)
def test_a_count_of_losses_is_the_least_there_were(read, more):
    found = read(observation("o1", "11614-5", **more)).history.loss_summary
    assert (found.losses.minimum, found.losses.maximum) == (3, None)


def test_summaries_and_events_are_never_added(read):
    found = read(
        condition("c1", (SNOMED, "17369002"), onsetDateTime="2020-03-02"),
        condition("c2", (SNOMED, "17369002"), onsetDateTime="2021-03-02"),
        condition("c3", (SNOMED, "161749004")),
        condition("c4", (ICD, "N96")),
        observation("o1", "11614-5", valueInteger=2),
    ).history
    assert (len(found.pregnancies), found.loss_summary.losses.minimum) == (2, 3)
    checked(found, TODAY)


def test_a_count_below_the_events_is_no_contradiction(read):
    found = read(
        *[condition(f"c{year}", (SNOMED, "17369002"), onsetDateTime=f"{year}-03-02") for year in (2019, 2020, 2021)],
        observation("o1", "11614-5", "2019-06-01", valueInteger=1),
    ).history
    checked(found, TODAY)
    assert len(found.pregnancies) == 3


@pytest.mark.parametrize(
    ("dates", "events"),
    [
        (["2024-03-02", None], 1),
        ([None, None, None], 1),
        (["2024-03", "2024-04-20"], 1),
        (["2023", "2024"], 1),
        (["2023", "2024-02-12"], 2),
        (["2024-03-02", "2024-04-13", "2024-05-25"], 2),
    ],
)
def test_only_events_that_are_certainly_apart_are_counted(read, dates, events):
    given = [
        condition(f"c{place}", (SNOMED, "17369002"), **({"onsetDateTime": on} if on else {}))
        for place, on in enumerate(dates)
    ]
    assert len(read(*given).history.pregnancies) == events


def test_when_a_diagnosis_was_entered_is_not_when_it_happened(read):
    found = read(condition("c1", (SNOMED, "17369002"), recordedDate="2026-01-01")).history
    assert found.pregnancies[0].ended_on is None


def test_one_day_with_two_kinds_of_loss_is_one_loss_of_unknown_kind(read):
    found = read(
        condition("c1", (SNOMED, "17369002"), onsetDateTime="2024-03-02"),
        condition("c2", (SNOMED, "34801009"), onsetDateTime="2024-03-20"),
    ).history
    assert [item.outcome for item in found.pregnancies] == ["loss_unspecified"]


@pytest.mark.parametrize(
    ("code", "more", "gestation"),
    [
        ("11778-8", {"valueDateTime": "2027-04-01"}, (21, 6, None)),
        ("8665-2", {"valueDateTime": "2026-06-25"}, (21, 6, None)),
        ("18185-9", {"valueQuantity": quantity(140, "d"), "effectiveDateTime": "2026-11-12"}, (21, 6, None)),
        ("49051-6", {"valueQuantity": quantity(20, "wk"), "effectiveDateTime": "2026-11-12"}, (21, None, 22)),
        ("18185-9", {"valueString": "20w0d", "effectiveDateTime": "2026-11-12"}, (21, 6, None)),
        ("11884-4", {"valueString": "20 weeks 0 days", "effectiveDateTime": "2026-11-12"}, (21, 6, None)),
    ],
)
def test_a_gestation_is_brought_to_today(read, code, more, gestation):
    age = read(observation("o1", code, **more)).history.current_pregnancy.gestational_age
    assert (age.weeks, age.days, age.weeks_max) == gestation


@pytest.mark.parametrize(
    "given",
    [
        [observation("o1", "11778-8", valueDateTime="2026-10-01")],  # 45 weeks and 6 days
        [observation("o1", "11778-8", valueDateTime="2027-04-01"), condition("c", (SNOMED, "17369002"), onsetDateTime="2026-09-01")],
        [observation("o1", "11778-8", "2026-09-01", valueDateTime="2027-04-01"),
         observation("o2", "82810-3", "2026-10-01", valueCodeableConcept=concept((LOINC, "LA26683-5")))],
        [observation("o1", "82810-3", "2026-10-24", valueCodeableConcept=concept((LOINC, "LA15173-0")))],  # 32 days
        [observation("o1", "18185-9", None, valueQuantity=quantity(140, "d"))],
    ],
)  # fmt: skip
def test_a_pregnancy_that_is_over_or_was_not_closed_is_none(read, given):
    found = read(*given)
    assert found.history.current_pregnancy is None
    assert found.not_understood


def test_a_fresh_statement_is_about_today(read):
    pregnant = observation("o1", "82810-3", "2026-10-25", valueCodeableConcept=concept((SNOMED, "77386006")))
    other = observation("o1", "82810-3", "2026-11-20", valueCodeableConcept=concept((SNOMED, "60001007")))
    assert read(pregnant).history.current_pregnancy.gestational_age is None
    assert read(other).history.pregnancy_status == "not_pregnant"


@pytest.mark.parametrize(("day", "days"), [("2026-11-15", 10), ("2026-10-14", 42), ("2026-10-13", None)])
def test_a_birth_within_six_weeks_is_the_puerperium(read, day, days):
    found = read(observation("o1", "93857-1", valueDateTime=day)).history
    assert (found.postpartum.days if found.postpartum else None) == days
