"""Whose oocytes: one fact from what is said of donation and from what the transfers show."""

from app.clinical.catalogue import Case, fact
from app.clinical.obstetric_sections import OocyteSource
from app.clinical.transfers import PLACE
from app.logic.values import Fact, Known, Reason, Unknown

STATED = "condition.donor_oocytes"
CODE = "donor_oocytes"


@fact(
    "oocytes.donor",
    "boolean",
    question="Are donor oocytes used or planned?",
    read_from=("conditions", "embryo_transfers"),
)
def donor(case: Case) -> Fact:
    """Donor oocytes are used or planned: said so as a condition, or shown by a transfer [ca-on-general].

    Transfers of her own oocytes say nothing about what is planned. An entry that denies donation beside a transfer of donor
    oocytes conflicts; a complete list of conditions that leaves it out does not.
    """
    stated = case.fact(STATED)
    shown = tuple(
        f"{PLACE}/{index}"
        for index, item in enumerate(case.history.embryo_transfers or ())
        if item.oocyte_source is OocyteSource.DONOR
    )
    entries = tuple(
        f"/conditions/{index}" for index, item in enumerate(case.history.conditions or ()) if item.code == CODE
    )
    if not shown or (isinstance(stated, Unknown) and entries):
        return stated
    if isinstance(stated, Known) and stated.value is False and entries:
        return Unknown(Reason.CONFLICTING, (*entries, *shown))
    return Known(True, (*entries, *shown))
