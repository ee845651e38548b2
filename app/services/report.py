"""An assessment as text for people at a terminal."""

from collections.abc import Iterator

from app.clinical.assessment import Assessment, CandidacyFinding, TimeWindowFinding
from app.clinical.plan_shapes import InfusionPlan


def report(answer: Assessment) -> str:
    """The answer in lines: verdicts, contraindications, risks, alternatives, questions; statement ids in brackets."""
    return "\n".join(_lines(answer))


def _lines(answer: Assessment) -> Iterator[str]:
    yield f"As of {answer.as_of}, jurisdiction {answer.jurisdiction or 'not chosen'}, rule set {answer.rule_set.version}"
    yield from map(_window, answer.time_windows)
    for item in answer.candidacy:
        yield from _candidacy(item)
    for paid in answer.funding:
        yield f"\nFUNDING {_name(paid.indication.value)}: {paid.status.value}. {paid.text} {_ids(paid.evidence)}"
    for finding in answer.contraindications:
        yield f"\n{finding.level.upper()} CONTRAINDICATION ({'present' if finding.present == 'true' else 'not excluded'}): {finding.text}"
    present = [item for item in answer.risks if item.factor_present == "true"]
    for risk in present:
        yield f"\nRISK {risk.title}: {'; '.join(factor.text for factor in risk.factors_present)}"
    for option in answer.alternatives:
        state = f"{option.stance.value}, restricted here" if option.removed else option.stance.value
        yield f"\nALTERNATIVE {option.title} ({state}): {option.text} {_ids(option.evidence)}"
        yield from (f"  Restricted: {reason.text} {_ids(reason.evidence)}" for reason in option.removed_because)
    if answer.plan:
        yield from _plan(answer.plan)
    yield "\nASK"
    for number, question in enumerate(answer.missing, 1):
        yield f"{number:3}. {question.question}{'  (decides)' if question.decides else ''}"
    yield "\nInformation for clinicians, not for emergencies. Statements: /v1/evidence/{id}"


def _name(indication: str) -> str:
    return indication.replace("_", " ").upper()


def _window(item: TimeWindowFinding) -> str:
    left = "?" if item.hours_left_min is None else f"{item.hours_left_min} to {item.hours_left_max}"
    state = "closed" if item.open == "false" else f"{left} hours left"
    return f"\nTIME {item.title} ({state}): {item.text} {_ids(item.evidence)}"


def _plan(plan: InfusionPlan) -> Iterator[str]:
    yield "\nPLAN"
    for reason in plan.refused:
        yield f"  Refused: {reason.text} {_ids(reason.evidence)}"
    if plan.course and plan.weight:
        yield f"  {plan.course.total_dose_g or '?'} g in all, by {plan.weight.basis} weight of {plan.weight.weight_kg} kg"
    for note in plan.notes:
        yield f"  {note.text} {_ids(note.evidence)}"


def _candidacy(item: CandidacyFinding) -> Iterator[str]:
    name = _name(item.indication.value)
    check = " [evidence to be checked]" if item.evidence_to_be_checked else ""
    yield f"\n{name}: {item.status.value}{check}\n  {item.headline} {_ids(item.evidence)}"
    for position in item.positions:
        if position.applies == "true" and position.in_jurisdiction:
            yield f"  {position.issuer}: {position.stance.value}. {position.text} {_ids(position.evidence)}"
    for protocol in item.protocol:
        yield f"  Protocol, {protocol.title}:"
        yield from (f"    {step.text} {_ids(step.evidence)}" for step in protocol.steps)
    for note in item.notes:
        yield f"  Note: {note.text} {_ids(note.evidence)}"


def _ids(evidence: tuple[str, ...]) -> str:
    return f"[{', '.join(evidence)}]"
