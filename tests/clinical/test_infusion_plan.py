"""The plan as a whole: dose, volume, days, refusals, warnings (CLINICAL_DECISIONS 6.2, 6.7, 9.4)."""

from dataclasses import fields, is_dataclass

import pytest

from app.clinical.catalogue import Case
from app.clinical.facts import derive
from app.clinical.history import PatientHistory
from app.clinical.infusion_plan import plan_of
from app.errors import InputError
from tests.clinical.plan_orders import AT_RISK, ORDER, TODAY, D, planned, refusals

MIX = {"vial_sizes_g": [2.5, 5, 10], "rule": "nearest"}


def notes(found) -> list[str]:
    return [item.id for item in found.notes]


def test_dose_and_volume_of_each_day_and_of_the_course(rules):
    course = planned(rules, rounding=MIX).course
    assert [day.day for day in course.daily] == [1, 2, 3, 4, 5]
    day = course.daily[0]
    assert (day.dose_g, day.volume_ml) == (D("24.8"), 248)
    assert (day.rounded.dose_g, day.rounded.volume_ml) == (25, 250)
    assert (course.total_dose_g, course.total_volume_ml, course.total_rounded_g) == (124, 1240, 125)


def test_the_days_are_dated_where_the_start_is_known(rules):
    dated = planned(rules, starts_on="2026-12-30", days=3).course.daily
    assert [str(day.on) for day in dated] == ["2026-12-30", "2026-12-31", "2027-01-01"]
    assert {day.on for day in planned(rules).course.daily} == {None}


def test_rounding_down_shows_how_much_is_missing(rules):
    sizes = {"vial_sizes_g": [5, 10], "rule": "down"}
    found = planned(rules, jurisdiction="AU", weight_kg=95, height_cm=165, dose_g_per_kg=1, days=1, rounding=sizes)
    day = found.course.daily[0]
    assert day.dose_g.quantize(D("0.1")) == D("72.1")
    assert (day.rounded.dose_g, day.rounded.volume_ml) == (70, 700)
    assert day.rounded.difference_percent.quantize(D("0.1")) == D("-3.0")  # 70 against 72.147, not against 72.1


def test_the_rates_are_for_the_volume_that_is_given(rules):
    exact, rounded = planned(rules).rates[0], planned(rules, rounding=MIX).rates[0]
    assert (exact.volume_ml, exact.volume_is_rounded) == (248, False)
    assert (rounded.volume_ml, rounded.volume_is_rounded) == (250, True)


def test_rounding_is_labelled_as_a_convention(rules):
    for changes in ({}, {"rounding": MIX}, {"rounding": {"vial_sizes_g": [60], "rule": "down"}}):
        found = planned(rules, **changes)
        said = [item for item in found.notes if "rounding" in item.id]
        assert len(said) == 1
        assert said[0].convention
    assert planned(rules, rounding={"vial_sizes_g": [60], "rule": "down"}).course.daily[0].rounded is None


def test_a_five_percent_product_needs_twice_the_volume(rules):
    found = planned(rules, product="octagam-5", weight_kg=70, height_cm=170, dose_g_per_kg=0.5)
    assert (found.course.daily[0].dose_g, found.course.daily[0].volume_ml) == (35, 700)


def test_unknown_days_give_one_day_and_no_total(rules):
    found = planned(rules, days=None)
    assert len(found.course.daily) == 1
    assert found.course.total_dose_g is None
    assert "plan-days-missing" in notes(found)


@pytest.mark.parametrize(
    ("changes", "reason", "field"),
    [
        ({"product": None}, "refuse-product-missing", "/product"),
        ({"product": "no-such-brand"}, "refuse-product-unknown", "/product"),
        ({"product": "kiovig"}, "refuse-rate-unknown", "/product"),
        ({"concentration_percent": 5}, "refuse-concentration", "/concentration_percent"),
        ({"weight_kg": None}, "refuse-weight-missing", "/weight_kg"),
        ({"weight_kg": 29.9}, "refuse-weight-limits", "/weight_kg"),
        ({"weight_kg": 250.1}, "refuse-weight-limits", "/weight_kg"),
        ({"height_cm": None}, "refuse-height-missing", "/height_cm"),
        ({"height_cm": 119.9}, "refuse-height-limits", "/height_cm"),
        ({"height_cm": 220.1}, "refuse-height-limits", "/height_cm"),
        ({"dose_g_per_kg": None}, "refuse-dose-missing", "/dose_g_per_kg"),
        ({"dose_g_per_kg": 1.01}, "refuse-dose-over-limit", "/dose_g_per_kg"),
    ],
)
def test_refusals_name_the_field_and_compute_nothing(rules, changes, reason, field):
    found = planned(rules, **changes)
    assert refusals(found) == [reason]
    assert found.refused[0].fields[0] == field
    assert found.refused[0].evidence
    assert (found.course, found.rates) == (None, ())
    assert all(item.dose_g_per_day is None for item in (found.weight.alternatives if found.weight else ()))


@pytest.mark.parametrize("changes", [{"weight_kg": 30}, {"weight_kg": 250}, {"height_cm": 120}, {"height_cm": 220}])
def test_the_working_limits_are_included(rules, changes):
    assert not planned(rules, **changes).refused


def test_a_product_of_several_strengths_needs_one_named(rules):
    assert "refuse-concentration" in refusals(planned(rules, product="gammagard-sd"))
    assert refusals(planned(rules, product="gammagard-sd", concentration_percent=5)) == ["refuse-rate-unknown"]


def test_every_reason_is_given_at_once(rules):
    found = planned(rules, product="kiovig", weight_kg=None, height_cm=300, dose_g_per_kg=2)
    assert set(refusals(found)) == {
        "refuse-rate-unknown",
        "refuse-weight-missing",
        "refuse-height-limits",
        "refuse-dose-over-limit",
    }


def test_an_order_that_says_nothing_is_refused_for_everything(rules):
    found = planned(rules, **dict.fromkeys(ORDER))
    assert refusals(found) == [
        "refuse-product-missing",
        "refuse-weight-missing",
        "refuse-height-missing",
        "refuse-dose-missing",
    ]
    assert found.at_risk.present == "unknown"


def test_one_gram_per_kilogram_in_a_day_is_within_the_limit(rules):
    assert not planned(rules, dose_g_per_kg=1).refused


def test_more_needs_an_explicit_override_that_stays_visible(rules):
    found = planned(rules, dose_g_per_kg=2, days=1, override_daily_limit=True)
    assert not found.refused
    said = next(item for item in found.notes if item.id == "plan-override")
    assert said.convention
    assert refusals(planned(rules, dose_g_per_kg=2, days=1)) == ["refuse-dose-over-limit"]


@pytest.mark.parametrize(
    ("product", "rule"),
    [
        ("privigen", "product-hyperprolinaemia"),
        ("flebogamma-dif-10", "product-fructose-intolerance"),
        ("octagam-10", "product-corn-allergy"),
    ],
)
def test_an_excluded_product_is_refused_in_the_words_of_its_rule(rules, product, rule):
    found = planned(rules, product=product, contraindications=[{"id": rule, "present": "yes"}])
    assert refusals(found) == [rule]
    assert found.refused[0].text == next(item.text for item in rules.knowledge.rules if item.id == rule)
    elsewhere = planned(rules, product="panzyga", contraindications=[{"id": rule, "present": "yes"}])
    assert not elsewhere.refused


def test_what_is_not_excluded_is_shown_and_does_not_refuse(rules):
    found = planned(rules)
    open_ones = {item.id: item.present for item in found.contraindications}
    assert open_ones["product-corn-allergy"] == "unknown"
    assert open_ones["contraindication-immunoglobulin-reaction"] == "unknown"
    assert "product-hyperprolinaemia" not in open_ones  # Octagam 10% holds no proline


def test_a_product_of_unknown_composition_is_not_cleared(rules):
    said = [{"id": "product-hyperprolinaemia", "present": "yes"}]
    found = planned(rules, product="iqymune", contraindications=said)
    shown = next(item for item in found.contraindications if item.id == "product-hyperprolinaemia")
    assert (shown.present, shown.composition_known) == ("true", False)
    assert "plan-product-not-cleared" in notes(found)


def test_an_absolute_contraindication_leaves_no_plan(rules):
    said = [{"id": "contraindication-immunoglobulin-reaction", "present": "yes"}]
    assert refusals(planned(rules, contraindications=said)) == ["contraindication-immunoglobulin-reaction"]


def test_antibodies_against_iga_by_place(rules):
    said = [{"id": "contraindication-iga-antibodies", "present": "yes"}]
    assert refusals(planned(rules, contraindications=said)) == ["contraindication-iga-antibodies"]
    assert refusals(planned(rules, contraindications=said, jurisdiction="US")) == []


def test_maltose_is_a_caution_not_a_refusal(rules):
    said = [{"id": "product-maltose-glucose-meter", "present": "yes"}]
    found = planned(rules, contraindications=said)
    assert not found.refused
    assert found.contraindications[0].id == "product-maltose-glucose-meter"


def warned(found) -> dict[str, list[str]]:
    return {item.id: [factor.id.partition("/")[2] for factor in item.factors_present] for item in found.warnings}


@pytest.mark.parametrize(("dose", "raised"), [(0.39, False), (0.4, True)])  # x5 days: 1.95 and 2 g/kg
def test_two_grams_per_kilogram_raise_haemolysis_and_meningitis(rules, dose, raised):
    found = warned(planned(rules, dose_g_per_kg=dose, blood_group="A"))
    assert ("not-group-o-high-dose" in found.get("haemolysis-risk", [])) is raised
    assert ("high-dose" in found.get("aseptic-meningitis-risk", [])) is raised


def test_an_unknown_blood_group_leaves_the_haemolysis_warning_open(rules):
    found = next(item for item in planned(rules).warnings if item.id == "haemolysis-risk")
    assert "haemolysis-risk/not-group-o-high-dose" in [factor.id for factor in found.factors_unknown]
    assert found.monitoring


def test_an_unknown_number_of_days_leaves_dose_warnings_open(rules):
    found = {item.id: item.present for item in planned(rules, days=None, blood_group="A").warnings}
    assert found["haemolysis-risk"] == "unknown"


def test_a_rapid_infusion_is_warned_of(rules):
    assert "rapid-infusion" in warned(planned(rules, days=1, rapid_infusion=True))["aseptic-meningitis-risk"]
    assert "aseptic-meningitis-risk" not in warned(planned(rules, days=1, rapid_infusion=False))


def test_boxed_risks_are_shown_with_the_factor_found(rules):
    assert warned(planned(rules, **AT_RISK))["thrombosis-risk"] == ["immobilised"]
    assert "renal-failure-risk" not in warned(planned(rules, **AT_RISK))


def test_answers_about_nothing_are_refused(rules):
    for name in ("risk_factors", "contraindications"):
        with pytest.raises(InputError) as caught:
            planned(rules, **{name: [{"id": "no-such-thing", "present": "yes"}]})
        assert [item.pointer for item in caught.value.problems] == [f"/{name}/0/id"]


def test_an_answer_given_twice_is_refused(rules):
    twice = [{"id": "thrombosis-risk/oestrogen", "present": said} for said in ("yes", "no")]
    with pytest.raises(InputError) as caught:
        planned(rules, risk_factors=twice)
    assert caught.value.problems[0].pointer == "/risk_factors/1/id"


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"gestational_age": {"weeks": 9}}, "/pregnancy_status"),
        ({"postpartum_days": 3}, "/pregnancy_status"),
        ({"sex": "male"}, "/sex"),
    ],
)
def test_contradictions_are_refused(rules, changes, pointer):
    with pytest.raises(InputError) as caught:
        planned(rules, **changes)
    assert caught.value.type == "inconsistent-input"
    assert caught.value.problems[0].pointer == pointer


def history(**planned_ivig) -> PatientHistory:
    patient = {"age_years": 31, "weight_kg": 80, "height_cm": 165}
    return PatientHistory.model_validate(
        {
            "patient": {name: D(value) if name != "age_years" else value for name, value in patient.items()},
            "current_pregnancy": {},
            "jurisdiction": "AU",
            "planned_ivig": planned_ivig or None,
        }
    )


def of_history(rules, sent: PatientHistory):
    case = Case(sent, TODAY, rules.parameters)
    return plan_of(rules, case, rules.program.evaluate(derive(case)))


def test_a_history_without_an_order_has_no_plan(rules):
    assert of_history(rules, history()) is None


def test_the_order_of_a_history_is_planned(rules):
    found = of_history(rules, history(product="panzyga", dose_g_per_kg=D(1), days=1))
    assert not found.refused
    assert found.course.daily[0].volume_ml == 800
    assert [rate.holds_for for rate in found.rates] == ["at_risk"]
    assert found.rates[0].maximum.mg_kg_min.quantize(D("0.1")) == D("3.3")


def test_the_indication_of_a_history_may_be_told(rules):
    sent = history(product="panzyga", dose_g_per_kg=D(1), days=1).model_copy(update={"jurisdiction": "CA-ON"})
    case = Case(sent, TODAY, rules.parameters)
    found = plan_of(rules, case, rules.program.evaluate(derive(case)), "gestational_alloimmune_liver_disease")
    assert {item.id: item.fields for item in found.refused} == {"refuse-weight-factor": ("/planned_ivig",)}


def test_refusals_of_a_history_point_into_the_history(rules):
    found = of_history(rules, history(dose_g_per_kg=D("1.5")))
    assert {item.id: item.fields[0] for item in found.refused} == {
        "refuse-product-missing": "/planned_ivig/product",
        "refuse-dose-over-limit": "/planned_ivig/dose_g_per_kg",
    }


def test_every_sentence_is_cited(rules):
    for changes in ({}, {"product": "kiovig"}, {"risk_factors_complete": None}, AT_RISK):
        seen = list(texts(planned(rules, **changes)))
        assert seen
        assert all(item.evidence for item in seen)


def texts(part):
    if is_dataclass(part):
        if hasattr(part, "text"):
            yield part
        for item in fields(part):
            yield from texts(getattr(part, item.name))
    elif isinstance(part, tuple):
        for member in part:
            yield from texts(member)
