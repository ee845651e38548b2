from app.clinical.candidacy import judge
from app.clinical.candidacy_rules import Candidacy
from app.clinical.rules import Contraindication
from app.clinical.stances import Status
from app.logic.truth import Truth

T, F, U = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN
DATES = {"effective": "2026-11-25", "reviewed_on": "2026-11-25", "review_by": "2027-11-25"}


def cell(status: str, text: str = "A headline.") -> dict:
    return {"status": status, "text": text, "cite": ["some-statement"], "decides": ["some-statement"]}


TABLE = Candidacy.model_validate(
    {
        "id": "sample",
        "kind": "candidacy",
        "applies_to": ["preeclampsia"],
        "cite": ["some-statement"],
        **DATES,
        "arises": {"fact": "sample.arises"},
        "does_not_arise": cell("criteria_not_met", "Does not arise."),
        "negative": {"text": "No, either way.", "cite": ["some-statement"]},
        "undetermined": {"text": "Cannot say yet.", "cite": ["some-statement"]},
        "columns": {"none": ["none"], "eu": ["EU", "*"], "us": ["US"]},
        "rows": [
            {"id": "first", "when": {"fact": "sample.first"}, "cells": {"*": cell("criteria_not_met", "First.")}},
            {"id": "second", "when": {"fact": "sample.second"}, "cells": {"*": cell("not_recommended", "Second.")}},
            {
                "id": "third",
                "when": {"fact": "sample.third"},
                "cells": {
                    "none": cell("conflicting"),
                    "eu": cell("may_be_considered", "Third."),
                    "us": cell("not_recommended"),
                },
            },
        ],
    }
)
ALLERGY = Contraindication.model_validate(
    {
        "id": "allergy",
        "kind": "contraindication",
        "level": "absolute",
        "title": "Allergy",
        "when": {"fact": "sample.allergy"},
        "text": "Do not give.",
        "cite": ["some-statement"],
        **DATES,
    }
)


class Given:
    """Truths by key, in place of an evaluation."""

    def __init__(self, arises: Truth, *rows: Truth) -> None:
        self.truths = {"sample/@arises": arises}
        self.truths |= {f"sample/{name}": truth for name, truth in zip(("first", "second", "third"), rows, strict=True)}

    def truth(self, key: str) -> Truth:
        return self.truths[key]


def status(jurisdiction: str | None, *truths: Truth) -> Status:
    return judge(TABLE, jurisdiction, Given(*truths), ()).status


def test_the_first_certain_row_decides():
    assert status("DK", T, F, F, T) is Status.MAY_BE_CONSIDERED
    assert status("DK", T, F, T, T) is Status.NOT_RECOMMENDED
    assert status("DK", T, T, T, T) is Status.CRITERIA_NOT_MET


def test_columns_differ():
    assert status(None, T, F, F, T) is Status.CONFLICTING
    assert status("US", T, F, F, T) is Status.NOT_RECOMMENDED
    assert status("IN", T, F, F, T) is Status.MAY_BE_CONSIDERED


def test_a_positive_status_waits_for_every_earlier_row():
    assert status("DK", T, F, U, T) is Status.UNDETERMINED
    assert status("DK", T, F, F, U) is Status.UNDETERMINED
    assert status(None, T, F, F, U) is Status.UNDETERMINED


def test_rows_that_agree_on_no_decide_although_open():
    verdict = judge(TABLE, "US", Given(T, F, U, U), ())
    assert (verdict.status, verdict.sentence.text) == (Status.NOT_RECOMMENDED, "No, either way.")


def test_two_ways_to_say_no_give_the_weaker_claim():
    verdict = judge(TABLE, "US", Given(T, U, U, U), ())
    assert verdict.status is Status.NOT_RECOMMENDED
    assert verdict.possible == (Status.CRITERIA_NOT_MET, Status.NOT_RECOMMENDED)


def test_what_may_not_arise_is_undetermined_whatever_the_rows_say():
    assert status("US", U, U, U, U) is Status.UNDETERMINED
    assert status("DK", U, F, T, F) is Status.UNDETERMINED


def test_what_does_not_arise_gets_the_tables_own_answer():
    verdict = judge(TABLE, "DK", Given(F, U, U, U), ())
    assert (verdict.status, verdict.sentence.text) == (Status.CRITERIA_NOT_MET, "Does not arise.")


def test_a_table_without_an_open_row_cannot_say():
    assert status("DK", T, F, F, F) is Status.UNDETERMINED


def test_an_absolute_contraindication_dominates():
    for truths in ((T, F, F, T), (F, F, F, F), (U, U, U, U)):
        verdict = judge(TABLE, "DK", Given(*truths), (ALLERGY,))
        assert (verdict.status, verdict.sentence.text) == (Status.CONTRAINDICATED, "Do not give.")
