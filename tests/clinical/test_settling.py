"""What would settle a verdict: every claim is checked by answering the question and asking again."""

from itertools import product

import pytest

from app.authoring.bundle import canonical
from app.clinical.candidacy import judge
from app.clinical.facts import derive
from app.clinical.history import Indication, PatientHistory
from app.clinical.lens import lens_of
from app.clinical.question_set import question_set
from app.clinical.settling import answers_of, settle, settling_alone, undecided
from app.clinical.stances import Status
from app.clinical.verdicts import absolute_contraindications, open_facts, verdicts
from app.web.examples import HISTORIES, IMPLANTATION_FAILURE, RECURRENT_LOSS
from tests.conftest import TODAY

GESTATION_UNKNOWN = {**RECURRENT_LOSS, "current_pregnancy": {"bleeding": False}}
RPL = Indication.RECURRENT_PREGNANCY_LOSS


def patient(rules, history):
    read = PatientHistory.model_validate_json(canonical(history))
    results = rules.program.evaluate(derive(rules.baseline.case(read, TODAY, rules.parameters)))
    lens = lens_of(rules, read.jurisdiction)
    return lens, results, list(verdicts(lens, results, read.indications))


def again(lens, table, facts):
    """The verdict when these facts are really evaluated, one patient at a time."""
    results = lens.rules.program.evaluate(facts)
    return judge(table, lens.jurisdiction, results, absolute_contraindications(lens, results)), results


@pytest.mark.parametrize("name", HISTORIES)
def test_each_answer_leads_where_it_is_said_to_lead(rules, name):
    lens, results, judged = patient(rules, HISTORIES[name]["value"])
    waiting = undecided(judged, results)
    wanted = [(item, open_facts(item.verdict, results)) for item in waiting]
    for item, settlings in zip(waiting, settle(lens, results, wanted), strict=True):
        for found in settlings:
            for outcome in found.outcomes:
                verdict, answered = again(lens, item.table, {**results.facts, found.fact: outcome.answer.known})
                assert outcome.verdict == verdict
                assert outcome.settled is (not open_facts(verdict, answered))


def test_the_gestation_alone_settles_a_known_recurrent_loss(rules):
    # CLINICAL_DECISIONS 1d: the window of a course closes after day 48 [house-rpl-window-days].
    lens, results, judged = patient(rules, GESTATION_UNKNOWN)
    own = next(item for item in judged if item.indication is RPL)
    assert settling_alone(lens, results, own) == {"pregnancy.gestation_days"}
    ((found,),) = settle(lens, results, [(own, ["pregnancy.gestation_days"])])
    by_day = {item.answer.known.value: item.verdict.status for item in found.outcomes}
    assert {status for day, status in by_day.items() if day > 48} == {Status.NOT_RECOMMENDED}
    assert {status for day, status in by_day.items() if 28 <= day <= 48} == {Status.MAY_BE_CONSIDERED}


def combinations(lens, results, facts):
    listed = [[(fact, item.known) for item in answers_of(lens, results, fact)] for fact in facts]
    return [dict(chosen) for chosen in product(*listed)]


def settles(lens, results, waiting, facts):
    return all(
        not open_facts(*again(lens, item.table, {**results.facts, **answers}))
        for answers in combinations(lens, results, facts)
        for item in waiting
    )


def test_an_exact_set_settles_all_and_no_smaller_one_does(rules):
    history = {**GESTATION_UNKNOWN, "indications": ["recurrent_pregnancy_loss", "recurrent_implantation_failure"]}
    lens, results, judged = patient(rules, history)
    waiting = undecided(judged, results)
    found = question_set(lens, results, waiting)
    assert found.exact
    assert set(found.facts) == {"pregnancy.gestation_days", "transfers.count"}
    assert settles(lens, results, waiting, found.facts)
    every = {fact for item in waiting for fact in open_facts(item.verdict, results)}
    assert not any(settles(lens, results, waiting, [fact]) for fact in every)


def test_a_greedy_set_settles_all_too(rules):
    history = {**HISTORIES["preeclampsia"]["value"], "indications": ["antiphospholipid_syndrome"]}
    lens, results, judged = patient(rules, history)
    waiting = undecided(judged, results)
    found = question_set(lens, results, waiting)
    assert not found.exact
    assert settles(lens, results, waiting, found.facts)
    for fact in found.facts:
        assert not settles(lens, results, waiting, [item for item in found.facts if item != fact])


def test_no_question_where_nothing_is_open(rules):
    lens, results, judged = patient(rules, HISTORIES["contraindicated"]["value"])
    assert undecided(judged, results) == []
    assert question_set(lens, results, []).facts == ()


def test_what_settles_a_verdict_alone_is_asked_first(rules):
    from app.services.assess import assess

    history = PatientHistory.model_validate_json(canonical({**GESTATION_UNKNOWN, "indications": [RPL.value]}))
    first = assess(rules, history, TODAY).missing[0]
    assert "pregnancy.gestation_days" in first.facts
    assert first.decides


@pytest.mark.parametrize("history", [GESTATION_UNKNOWN, IMPLANTATION_FAILURE])
def test_one_more_answer_never_opens_another_question(rules, history):
    lens, results, judged = patient(rules, history)
    for item in undecided(judged, results):
        before = set(open_facts(item.verdict, results))
        for fact in before:
            for answer in answers_of(lens, results, fact):
                verdict, answered = again(lens, item.table, {**results.facts, fact: answer.known})
                assert set(open_facts(verdict, answered)) <= before - {fact}
