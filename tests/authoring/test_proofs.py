"""Every proof holds of the bundled rule set, and each one fails on a copy that was broken on purpose."""

from random import Random

import pytest

from app.authoring import proof_model
from app.authoring.patients import plain
from app.authoring.proof_model import Both, Patient, Prover, facts_behind
from app.authoring.proof_safety import safety_surfaces
from app.authoring.proof_verdicts import (
    columns,
    contraindications_dominate,
    no_gap,
    own_judge,
    settled_status,
    verdicts_only_settle,
)
from app.authoring.proofs import Subject, can_fire, can_stay_silent, knowledge_only_settles, one_voice
from app.authoring.prove import PROOFS, prove
from app.authoring.ranges import FactRange, RangeFile, Waiver, load_ranges
from app.clinical.candidacy import NEGATIVE, judge
from app.clinical.candidacy_rules import Candidacy
from app.clinical.lens import Lens
from app.clinical.rules import Contraindication, Criterion, Position
from app.clinical.ruleset import RuleSet
from app.clinical.stances import Stance, Status
from app.errors import ContentError
from app.logic.answers import Region
from app.logic.conditions import parse
from app.logic.values import Interval, Known, Reason, Unknown
from app.services.publish import BUNDLED

pytest.importorskip("z3", reason="the extra `prove` is not installed; requirements-dev.lock holds it")
RANGES = load_ranges(BUNDLED)


@pytest.fixture(scope="module")
def subject(rules):
    return Subject(rules, RANGES.by_fact, RANGES.waived)


def changed(rules, kind, rule_id, **update) -> Subject:
    """The bundled rules with one of them changed, without a word to anybody."""
    assert any(type(rule) is kind and rule.id == rule_id for rule in rules.knowledge.rules)
    listed = tuple(rule.model_copy(update=update) if rule.id == rule_id else rule for rule in rules.knowledge.rules)
    return subject_of(rules, listed)


def subject_of(rules, listed) -> Subject:
    knowledge = rules.knowledge.model_copy(update={"rules": tuple(listed)})
    return Subject(RuleSet(knowledge, rules.document, "broken", "broken"), RANGES.by_fact, RANGES.waived)


@pytest.mark.prove
def test_all_proofs_hold_of_the_bundled_rules(rules):
    done = list(prove(rules, RANGES))
    assert [proof.id for proof in done if proof.failures] == []
    assert len(done) == len(PROOFS) == 8
    assert all(proof.checked for proof in done if proof.id != "one-voice")


def test_a_dead_rule_is_named(rules):
    never = parse({"all": [{"fact": "losses.count_all", "lt": 2}, {"fact": "losses.count_all", "ge": 4}]})
    found = can_fire(changed(rules, Criterion, "rpl-eshre-2022", when=never)).failures
    assert "rpl-eshre-2022" in [failure.rule for failure in found]


def test_a_rule_beyond_the_declared_range_is_dead(rules):
    too_old = parse({"fact": "patient.age_years", "gt": 70})
    found = can_fire(changed(rules, Criterion, "rpl-eshre-2022", when=too_old)).failures
    assert "rpl-eshre-2022" in [failure.rule for failure in found]


def test_between_two_whole_numbers_there_is_no_patient(rules):
    between = parse({"all": [{"fact": "losses.count_all", "gt": 2}, {"fact": "losses.count_all", "lt": 3}]})
    found = can_fire(changed(rules, Criterion, "rpl-eshre-2022", when=between)).failures
    assert "rpl-eshre-2022" in [failure.rule for failure in found]


def test_a_rule_that_always_holds_is_named_with_a_patient(rules):
    always = parse({"any": [{"fact": "losses.any"}, {"not": {"fact": "losses.any"}}]})
    found = can_stay_silent(changed(rules, Criterion, "rpl-eshre-2022", when=always)).failures
    failure = next(item for item in found if item.rule == "rpl-eshre-2022")
    assert "losses.any" in failure.patient
    assert "patient: losses.any: " in str(failure)


def test_a_contradicting_position_is_named_with_a_patient(rules):
    own = next(rule for rule in rules.of(Position) if rule.stance is Stance.MAY_CONSIDER and rule.when is not None)
    twin = own.model_copy(update={"id": "a-twin", "stance": Stance.RECOMMENDS_AGAINST})
    broken = subject_of(rules, (*rules.knowledge.rules, twin))
    (failure,) = one_voice(broken).failures
    assert {failure.rule} <= {own.id, "a-twin"}
    results = broken.rules.program.evaluate(failure.patient)
    assert results.truth(own.id) is results.truth("a-twin") is proof_model.Truth.TRUE


def test_opposite_positions_on_different_patients_do_not_contradict(rules):
    own = next(rule for rule in rules.of(Position) if rule.stance is Stance.MAY_CONSIDER and rule.when is not None)
    other = parse({"all": [{"not": {"rule": own.id}}]})
    twin = own.model_copy(update={"id": "a-twin", "stance": Stance.RECOMMENDS_AGAINST, "when": other})
    proof = one_voice(subject_of(rules, (*rules.knowledge.rules, twin)))
    assert proof.checked == 1
    assert proof.failures == ()


@pytest.mark.prove
def test_a_reading_that_forgets_contraindications_fails_with_a_patient(subject):
    found = contraindications_dominate(
        subject, lambda lens, table, results: judge(table, lens.jurisdiction, results, ())
    ).failures
    assert {failure.rule for failure in found} == {rule.id for rule in subject.rules.of(Contraindication)}
    assert all(failure.patient for failure in found)


def test_contraindications_that_were_made_relative_are_missed(rules):
    def softer(rule):
        everywhere = isinstance(rule, Contraindication) and "*" in rule.jurisdictions
        return rule.model_copy(update={"level": "relative"}) if everywhere else rule

    found = contraindications_dominate(subject_of(rules, map(softer, rules.knowledge.rules))).failures
    assert any("no absolute contraindication reaches GB" in failure.message for failure in found)


@pytest.mark.prove
def test_a_closed_world_is_seen(subject, monkeypatch):
    def closed(self, leaf):
        found = honest(self, leaf)
        here = proof_model.z3.Not(self.missing[leaf.fact])
        return Both(found.certain, proof_model.z3.And(found.possible, here))

    honest = Patient._leaf
    monkeypatch.setattr(Patient, "_leaf", closed)
    fresh = Subject(subject.rules, subject.ranges)
    assert knowledge_only_settles(fresh).failures


def test_a_reading_that_skips_unknown_rows_fails_with_a_patient(subject):
    z3 = proof_model.z3

    def hasty(column, patient):
        found = settled_status(column, patient)
        for place, (key, status) in enumerate(column.rows):
            earlier = (z3.Not(patient.rule(other).certain) for other, _ in column.rows[:place])
            first = z3.And(patient.rule(key).certain, *earlier)
            found[status] = z3.Or(found.get(status, z3.BoolVal(val=False)), first)
        return found

    found = verdicts_only_settle(subject, hasty).failures
    assert "rpl-candidacy" in {failure.rule for failure in found}
    assert all(failure.patient is not None for failure in found)


def test_a_table_without_its_last_row_leaves_a_gap(rules):
    table = next(item for item in rules.of(Candidacy) if item.id == "rpl-candidacy")
    broken = changed(rules, Candidacy, table.id, rows=table.rows[:-1])
    found = no_gap(broken).failures
    assert "rpl-candidacy" in {failure.rule for failure in found}
    assert all(failure.patient for failure in found)


def test_a_place_in_two_columns_is_seen(rules):
    table = next(item for item in rules.of(Candidacy) if item.id == "rpl-candidacy")
    twice = {**table.columns, "gb": ("GB", "US")}
    found = no_gap(changed(rules, Candidacy, table.id, columns=twice)).failures
    assert any("`US` stands in 2 columns" in failure.message for failure in found)


def test_a_waiver_silences_its_own_patients_and_no_others(rules):
    """Five negative antibodies, no diagnosis, and the question raised all the same: the last row of the table is hers."""
    table = next(item for item in rules.of(Candidacy) if item.id == "aps-candidacy")
    broken = changed(rules, Candidacy, table.id, rows=table.rows[:-1])
    assert {failure.rule for failure in no_gap(broken).failures} == {"aps-candidacy"}
    assert {failure.rule for failure in verdicts_only_settle(broken).failures} == {"aps-candidacy"}
    hers = {"apl.raised": False, "aps.diagnosed": False}
    waived = [
        Waiver(proof=proof, rule=table.id, patients=hers, reason="To be settled.")
        for proof in ("no-gap", "verdicts-only-settle")
    ]
    quiet = Subject(broken.rules, broken.ranges, tuple(waived))
    assert no_gap(quiet).failures == verdicts_only_settle(quiet).failures == ()
    others = waived[0].model_copy(update={"patients": {"apl.raised": True, "aps.diagnosed": True}})
    assert no_gap(Subject(broken.rules, broken.ranges, (others,))).failures


def test_nothing_is_waived_today():
    assert RANGES.waived == ()


def test_a_contraindication_that_nobody_asks_about_is_named(subject, monkeypatch):
    honest = Lens._safety
    monkeypatch.setattr(
        Lens, "_safety", lambda self: tuple(key for key in honest(self) if not key.startswith("contraindication-"))
    )
    fresh = RuleSet(subject.rules.knowledge, subject.rules.document, "fresh", "fresh")
    found = safety_surfaces(Subject(fresh, subject.ranges)).failures
    assert {rule.id for rule in fresh.of(Contraindication)} <= {failure.rule for failure in found}


@pytest.mark.prove
def test_the_formulas_of_verdicts_agree_with_the_service(subject):
    """On made-up patients, half known as they come: a status is settled in the formulas where the service says it."""
    patient, prover = subject.partial
    chance = Random(20261125)
    seen = set()
    listed = list(columns(subject))
    for _ in range(25):
        facts, formulas = random_patient(patient, chance)
        model = prover.find(*formulas)
        results = subject.rules.program.evaluate(facts)
        for column in listed:
            verdict = judge(column.table, column.lens.jurisdiction, results, ())
            formulas_say = {
                status
                for status, formula in settled_status(column, patient).items()
                if proof_model.z3.is_true(model.eval(formula, model_completion=True))
            }
            expected = set() if verdict.status is Status.UNDETERMINED else {verdict.status}
            assert formulas_say == expected, (column.table.id, column.name, plain(facts))
            seen |= formulas_say
    assert seen >= NEGATIVE


def random_patient(patient, chance):
    facts, formulas = {}, []
    for fact, answers in patient.answers.items():
        count = len(answers)
        low = chance.randrange(count)
        numbers = isinstance(answers[0].says, Region)
        high = chance.randrange(low, count) if numbers else low
        unknown = chance.random() < 0.35
        if unknown:
            low, high = 0, count - 1
        formulas += [
            can if low <= place <= high else proof_model.z3.Not(can) for place, can in enumerate(patient.can[fact])
        ]
        formulas.append(patient.missing[fact] if unknown else proof_model.z3.Not(patient.missing[fact]))
        ends = answers[low].known.value, answers[high].known.value
        facts[fact] = Unknown(Reason.NOT_SENT) if unknown else Known(Interval(*ends)) if numbers else answers[low].known
    return facts, formulas


def test_the_formulas_of_conditions_agree_with_the_program(subject):
    patient, prover = subject.partial
    chance = Random(7)
    for _ in range(15):
        facts, formulas = random_patient(patient, chance)
        model, results = prover.find(*formulas), subject.rules.program.evaluate(facts)
        for key in subject.rules.conditions:
            both = patient.rule(key)
            certain, possible = (
                proof_model.z3.is_true(model.eval(side, model_completion=True))
                for side in (both.certain, both.possible)
            )
            truth = results.truth(key)
            assert certain is (truth is proof_model.Truth.TRUE)
            assert possible is (truth is not proof_model.Truth.FALSE)


def test_own_judge_is_the_services_own(subject):
    lens = subject.lenses[0]
    table = subject.rules.of(Candidacy)[0]
    results = subject.rules.program.evaluate({"ivig.severe_reaction_before": Known(value=True)})
    assert own_judge(lens, table, results).status is Status.CONTRAINDICATED


def test_facts_behind_follows_references(rules):
    assert "apl.la_persistent" in facts_behind(rules.program, ["aps-sydney-2006"])


def test_the_prover_tells_true_from_false(rules):
    patient = Patient(rules.program, RANGES.by_fact, whole=True)
    prover = Prover(patient)
    rule = patient.rule("rpl-eshre-2022")
    assert prover.find(rule.certain) is not None
    assert prover.find(rule.certain, proof_model.z3.Not(rule.certain)) is None


@pytest.mark.parametrize(
    ("region", "value"),
    [
        (Region(None, 2, low_included=False, high_included=False), 0),
        (Region(2, 3, low_included=False, high_included=False), None),
        (Region(2, 4, low_included=False, high_included=False), 3),
        (Region(10, None, low_included=False, high_included=False), None),
        (Region(10, 10, low_included=True, high_included=True), 10),
        (Region(None, 0, low_included=False, high_included=False), None),
    ],
)
def test_a_value_of_a_region_lies_in_the_range(region, value):
    declared = FactRange(facts=("a.b",), minimum=0, maximum=10, step=1)
    assert declared.a_value(region) == value


def test_a_compared_number_without_a_range_is_refused(rules):
    with pytest.raises(ContentError) as found:
        list(prove(rules, RangeFile(ranges=RANGES.ranges[1:])))
    assert any("losses.count_all" in str(item) and item.code == "range-missing" for item in found.value.diagnostics)


def test_a_range_of_no_number_is_refused(rules):
    extra = FactRange(facts=("losses.any",), minimum=0, maximum=1, step=1)
    with pytest.raises(ContentError, match="range-unknown-fact"):
        list(prove(rules, RangeFile(ranges=(*RANGES.ranges, extra))))
