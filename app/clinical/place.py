"""The place whose rules apply."""

from app.clinical.catalogue import Case, fact, known_or
from app.logic.values import Fact, Reason, Unknown


@fact(
    "care.jurisdiction",
    "code",
    question="In which country, or state or province, is she treated?",
    read_from=("jurisdiction",),
)
def jurisdiction(case: Case) -> Fact:
    """ISO 3166 code of the place whose issuers are asked; EU for the Union."""
    return known_or(case.history.jurisdiction, Unknown(Reason.NOT_SENT, ("/jurisdiction",)), "/jurisdiction")
