"""Obstetric APS that failed standard treatment: asserted by the clinician, or documented pregnancy by pregnancy.

No computed definition exists [house-refractory-assertion]: what makes it true is the clinician's word, or the documented
fact itself, a loss or severe placental complication on aspirin and heparin from early pregnancy. It is false when no
such pregnancy can exist.
"""

from app.clinical.aps_conditions import asserted
from app.clinical.catalogue import Case, fact
from app.clinical.history import Section
from app.clinical.intervals import below
from app.clinical.losses import is_loss
from app.clinical.obstetric_morbidity import any_pregnancy, explained, severe_insufficiency, severe_preeclampsia
from app.clinical.obstetric_sections import Pregnancy, PregnancyOutcome, Treatment
from app.clinical.presence import declare_presence
from app.clinical.timeline import contradicts, truth_of
from app.logic.truth import Truth, all_of, any_of, of
from app.logic.values import Fact, Known, Reason, Unknown

CODE = "refractory_obstetric_aps"
READ = ("conditions", "pregnancies", "loss_summary")
HEPARIN = frozenset({Treatment.HEPARIN_PROPHYLACTIC, Treatment.HEPARIN_THERAPEUTIC})
ASK = (
    "Which treatment was given in each lost or complicated pregnancy (none, aspirin, heparin and its dose class), and "
    "from which gestation?"
)

declare_presence(
    Section.CONDITIONS,
    CODE,
    "Obstetric antiphospholipid syndrome refractory to aspirin and prophylactic heparin",
    "Did a pregnancy fail although aspirin and prophylactic heparin were given from early pregnancy?",
)


def _unsuccessful(_: Case, pregnancy: Pregnancy) -> Truth:
    """A loss, or a severe placental complication."""
    if pregnancy.outcome is PregnancyOutcome.LOSS_UNSPECIFIED:
        return Truth.TRUE
    return any_of((is_loss(pregnancy), severe_preeclampsia(pregnancy), severe_insufficiency(pregnancy)))


def _standard_treatment(case: Case, pregnancy: Pregnancy) -> Truth:
    """Aspirin and heparin, begun in early pregnancy. A start that is not stated may have been early."""
    if pregnancy.treatments is None:
        return Truth.UNKNOWN
    both = Treatment.ASPIRIN in pregnancy.treatments and not HEPARIN.isdisjoint(pregnancy.treatments)
    start = pregnancy.treatment_started_at
    early = Truth.UNKNOWN if start is None else below(start.in_days, case.number("apl.early_treatment_days"))
    return all_of((of(both), early))


def failed(case: Case, pregnancy: Pregnancy) -> Truth:
    """Whether standard treatment failed in this pregnancy; an abnormal karyotype is another reason."""
    return all_of((_unsuccessful(case, pregnancy), _standard_treatment(case, pregnancy), ~explained(pregnancy)))


@fact("aps.refractory", "boolean", question=ASK, read_from=READ)
def refractory(case: Case) -> Fact:
    """Whether standard treatment failed: by the clinician's word, else by the listed pregnancies [house-refractory-assertion].

    False when the clinician says so, or when all pregnancies are listed and none can have failed on standard treatment
    (nothing went wrong, or aspirin or heparin was not given). Vouching for the list of diagnoses is no such word. A word
    and a list that contradict each other conflict.
    """
    stated, documented = case.fact(f"condition.{CODE}"), any_pregnancy(case, failed)
    if contradicts(stated, truth_of(documented)):
        return Unknown(Reason.CONFLICTING, (*stated.sources, *documented.sources))
    entered = isinstance(stated, Known) or stated.reason is Reason.CONFLICTING
    silent = stated.sources == ("/conditions",)
    return stated if entered and not silent else documented


@fact(
    "aps.refractory_asserted",
    "boolean",
    question="Is this obstetric antiphospholipid syndrome that failed aspirin and prophylactic heparin?",
    read_from=("conditions",),
)
def refractory_asserted(case: Case) -> Fact:
    """A clinician's assertion: true when entered, false when not. It only raises the question of IVIG."""
    return asserted(case, CODE)


@fact(
    "aps.pregnancy_morbidity",
    "boolean",
    question="Was any pregnancy lost, or complicated by severe preeclampsia or severe placental insufficiency?",
    read_from=("pregnancies", "loss_summary"),
)
def pregnancy_morbidity(case: Case) -> Fact:
    """Any loss or severe placental complication, whatever its gestation."""
    lost = case.fact("losses.any")
    return lost if isinstance(lost, Known) and lost.value is True else any_pregnancy(case, _unsuccessful)
