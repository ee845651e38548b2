"""What changes between two rule sets, and the number it deserves. Expected answers follow from the edit made, by hand."""

import pytest

from app.authoring.cases import load_cases
from app.services.active import bundled
from app.services.diff import difference, proposed
from app.services.population import SEED, population
from app.services.publish import publish
from app.store.rule_sets import RuleSetStore

NOTES, TABLE = "rules/rpl/notes.yaml", "rules/rpl/table.yaml"
STATUS = "{status: not_recommended, text: Not advised."


def diff(knowledge, name=None, old="", new="", size=200):
    before = bundled(knowledge())
    cases = [piece.model for piece in load_cases(knowledge()).patients]
    return difference(before, bundled(knowledge(name, old, new)), cases, size)


def test_the_same_is_no_difference(knowledge):
    found = diff(knowledge)
    assert (found.meaning, found.edits, found.behaviour.patients) == ("none", (), 0)


def test_words_are_a_patch(knowledge):
    found = diff(knowledge, NOTES, "The age is above the limit.", "The age lies above the limit.")
    assert found.meaning == "patch"
    assert [str(edit) for edit in found.edits] == [
        'rules/age changed: text "The age is above the limit." -> "The age lies above the limit." (words only)'
    ]
    assert found.behaviour.changed_patients == 0


def test_a_finding_more_is_minor(knowledge):
    found = diff(knowledge, NOTES, "gt: 40.50", "gt: 39.50")
    assert found.meaning == "minor"
    gained = [item for item in found.behaviour.changes if (item.before, item.after) == ("false", "true")]
    assert {(item.subject, item.kind) for item in gained} == {("age", "gained")}
    # Everybody who gains the note is above the new limit and not above the old one.
    ages = {example.facts["patient.age_years"] for item in gained for example in item.examples}
    assert ages <= {"40.5", "40.5 to 40.5"}


def test_a_threshold_moves_a_verdict(knowledge):
    found = diff(knowledge, NOTES, "losses.count_all, ge: 2", "losses.count_all, ge: 3")
    moved = {(item.subject, item.before, item.after, item.kind) for item in found.behaviour.changes}
    assert ("recurrent_pregnancy_loss", "not_recommended", "undetermined", "withdrawn") in moved
    assert ("two-losses", "true", "false", "lost") in moved
    assert found.meaning == "major"


def test_a_verdict_turned_round_is_major(knowledge):
    found = diff(knowledge, TABLE, STATUS, "{status: recommended, text: Advised.")
    assert found.meaning == "major"
    assert "rpl-table/two/*" in found.because
    kinds = {(item.before, item.after, item.kind) for item in found.behaviour.changes}
    # A row that may hold agrees with the table's no before, and with nothing after (0002).
    assert kinds == {
        ("not_recommended", "recommended", "reversed"),
        ("not_recommended", "undetermined", "withdrawn"),
    }


def test_a_verdict_turned_round_is_major_also_where_no_patient_was_made(knowledge):
    found = diff(knowledge, TABLE, STATUS, "{status: recommended, text: Advised.", size=0)
    assert (found.behaviour.changed_patients, found.meaning) == (0, "major")


CONTRAINDICATION = """- id: never
  kind: contraindication
  level: absolute
  title: Never
  when: {fact: losses.count_all, ge: 9}
  text: Not given.
  cite: [def-one]
"""


def test_a_contraindication_lost_is_major(knowledge):
    without = bundled(knowledge())
    with_it = bundled(knowledge(NOTES, "- id: two-losses", CONTRAINDICATION + "- id: two-losses"))
    lost = difference(with_it, without, [], 300)
    assert lost.meaning == "major"
    assert ("never", "lost", True) in {(item.subject, item.kind, item.safety) for item in lost.behaviour.changes}
    assert difference(without, with_it, [], 300).meaning == "minor"


def test_a_change_that_no_patient_shows_is_still_minor(knowledge):
    found = diff(knowledge, NOTES, "gt: 40.50", "gt: 40.75", size=0)
    assert (found.behaviour.changed_patients, found.meaning) == (0, "minor")


def test_the_population_is_the_same_for_the_same_seed(knowledge):
    old, new = bundled(knowledge()), bundled(knowledge(NOTES, "gt: 40.50", "gt: 41.50"))
    cases = [piece.model for piece in load_cases(knowledge()).patients]
    first, again, other = (list(population(cases, old, new, 50, seed)) for seed in (SEED, SEED, 1))
    assert first == again
    assert first != other
    assert len(first) == 51


@pytest.mark.parametrize(
    ("meaning", "number"), [("none", "1.2.3"), ("patch", "1.2.4"), ("minor", "1.3.0"), ("major", "2.0.0")]
)
def test_the_number_says_what_changed(meaning, number):
    assert proposed("1.2.3", meaning) == number


def test_publication_takes_the_number_that_the_changes_deserve(database, knowledge):
    store = RuleSetStore(database)
    numbers = [
        publish(store, knowledge(*edit), by="x").version
        for edit in (
            (),
            (NOTES, "The age is above the limit.", "The age lies above the limit."),
            (NOTES, "gt: 40.50", "gt: 40.75"),
        )
    ]
    assert numbers == ["1.0.0", "1.0.1", "1.1.0"]
    assert store.origin("1.1.0").report["difference"]["meaning"] == "minor"
