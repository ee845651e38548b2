"""Rate over time of a finished infusion plan, drawn for paper: black on white, lines told apart by dashes and words."""

from decimal import Decimal

from app.clinical.plan_shapes import InfusionPlan, InfusionPlanAnswer, PlanKind, PlanStep, RatePlan
from app.web import svg
from app.web.svg import Scale, line, number, paragraph, text

WIDTH = 800
LEFT, RIGHT = 80, 770
MARGIN = 24
PLOT_HEIGHT = 210
HEADROOM = Decimal("1.15")
ROOM_FOR_LABEL = 70
DASHES = "7 4"
WHOM = {"at_risk": "For a patient at risk", "no_listed_factor": "Only without any listed risk factor"}

Drawn = tuple[list[str], int]


def chart(answer: InfusionPlanAnswer) -> bytes:
    """The plan as SVG: one panel for each rate plan; where the plan is refused, the reasons as text."""
    plan = answer.plan
    title = f"Infusion plan: {plan.product.name if plan.product else 'product not known'}"
    parts = [text(MARGIN, 34, title, size=18, bold=True)]
    drawn, y = _refused(plan, 58) if plan.refused else _panels(plan, 58)
    footer = f"Rule set {answer.rule_set.version}. Information for clinicians, not advice. Check against the label."
    parts += [*drawn, text(MARGIN, y + 14, footer, size=11)]
    return svg.document(WIDTH, y + 30, title, _description(plan), parts)


def _description(plan: InfusionPlan) -> str:
    if plan.refused:
        return "No plan was computed. " + " ".join(item.text for item in plan.refused)
    return f"{_dose(plan)} " + " ".join(f"{WHOM[item.holds_for]}: {_words(item)}" for item in plan.rates)


def _dose(plan: InfusionPlan) -> str:
    assert plan.course is not None
    assert plan.weight is not None
    assert plan.weight.weight_kg is not None
    day, days = plan.course.daily[0], plan.course.days
    rounded = (
        f", in whole vials {number(day.rounded.dose_g)} g = {number(day.rounded.volume_ml)} mL" if day.rounded else ""
    )
    return (
        f"{number(day.dose_g)} g = {number(day.volume_ml)} mL a day{rounded}; dosing weight {number(plan.weight.weight_kg)} kg; "
        f"days: {days or 'not known'}."
    )


def _words(plan: RatePlan) -> str:
    """A rate plan in words, for the description and under its panel."""
    start = f"start at {number(plan.initial.ml_h)} mL/h"
    if plan.maximum is None:
        return f"{start}; no maximum figure is printed, the label says: {plan.label_words or 'nothing'}."
    most = f"never above {number(plan.maximum.ml_h)} mL/h"
    if plan.kind is PlanKind.BOUNDS:
        return f"{start}, {most}; no step table; shortest possible time {_time(plan.shortest_minutes)}."
    steps = "; ".join(_step_words(step) for step in plan.steps)
    return (
        f"{steps}; {most}; total {_time(plan.total_minutes)} if each rate is reached. Printed for {plan.schedule_for}."
    )


def _step_words(step: PlanStep) -> str:
    rate = f"{'' if step.printed else 'at most '}{number(step.rate.ml_h)} mL/h"
    stretch = f"minute {number(step.start_minute)} to {number(step.end_minute)}"
    return f"step {step.number}, {stretch}: {rate} ({number(step.volume_ml)} mL)"


def _time(minutes: Decimal | None) -> str:
    if minutes is None:
        return "not computed"
    hours, rest = divmod(int(minutes.to_integral_value()), 60)
    return f"{number(minutes)} min ({hours} h {rest:02d} min)"


def _refused(plan: InfusionPlan, y: int) -> Drawn:
    parts = [text(MARGIN, y, "No plan was computed.", bold=True)]
    for item in plan.refused:
        lines, y = paragraph(MARGIN, y + 24, f"- {item.text}")
        parts += lines
    return parts, y


def _panels(plan: InfusionPlan, y: int) -> Drawn:
    parts, y = paragraph(MARGIN, y, _dose(plan))
    if len(plan.rates) > 1:
        lines, y = paragraph(MARGIN, y + 6, plan.at_risk.text)
        parts += lines
    for item in plan.rates:
        drawn, y = _panel(item, y + 18)
        parts += drawn
    return parts, y


def _panel(plan: RatePlan, y: int) -> Drawn:
    """One rate plan: whom it holds for, the plot, and the same in words."""
    parts = [text(MARGIN, y, WHOM[plan.holds_for], size=15, bold=True)]
    lines, y = paragraph(MARGIN, y + 20, plan.condition.text)
    parts += lines
    if plan.maximum is not None:
        drawn, y = _plot(plan, plan.maximum.ml_h, y + 4)
        parts += drawn
    for sentence in (_words(plan), *(note.text for note in plan.notes)):
        lines, y = paragraph(MARGIN, y + 6, sentence[0].upper() + sentence[1:])
        parts += lines
    return parts, y


def _plot(plan: RatePlan, most: Decimal, y: int) -> Drawn:
    minutes = plan.total_minutes if plan.steps else plan.shortest_minutes
    assert minutes is not None
    shown = max((step.rate.ml_h for step in plan.steps), default=most)
    across, up = Scale(minutes, LEFT, RIGHT - 20), Scale(shown * HEADROOM, y + PLOT_HEIGHT, y)
    curve = _steps(plan, across, up) if plan.steps else _bounds(plan, most, across, up)
    return [*_axes(across, up), *curve], y + PLOT_HEIGHT + 58


def _axes(across: Scale, up: Scale) -> list[str]:
    """Both axes with marks, figures and units."""
    floor, top = up.start, up.end
    parts = [line((LEFT, floor), (RIGHT, floor)), line((LEFT, floor), (LEFT, top))]
    for value in across.ticks():
        parts += [line((across.at(value), floor), (across.at(value), floor + 5))]
        parts += [text(across.at(value), floor + 20, number(value), size=12, anchor="middle")]
    for value in up.ticks():
        parts += [line((LEFT - 5, up.at(value)), (RIGHT, up.at(value)), width="0.5", colour=svg.FAINT)]
        parts += [text(LEFT - 9, up.at(value) + 4, number(value), size=12, anchor="end")]
    parts.append(text((LEFT + RIGHT) // 2, floor + 40, "Time since the start (minutes)", anchor="middle"))
    return [*parts, svg.sideways(28, (floor + top) // 2, "Rate (mL/h)")]


def _steps(plan: RatePlan, across: Scale, up: Scale) -> list[str]:
    """A staircase. The stretch after the printed steps is dashed: its rate is a limit."""
    parts: list[str] = []
    before: tuple[Decimal, Decimal] | None = None
    for step in plan.steps:
        start, end, height = across.at(step.start_minute), across.at(step.end_minute), up.at(step.rate.ml_h)
        if before:
            parts.append(line(before, (start, height), width="2.5"))
        parts.append(line((start, height), (end, height), width="2.5", dashes="" if step.printed else DASHES))
        before = (end, height)
        words = f"{'' if step.printed else 'at most '}{number(step.rate.ml_h)} mL/h"
        label = words if end - start >= ROOM_FOR_LABEL else str(step.number)
        parts.append(text((start + end) / 2, height - 7, label, size=12, anchor="middle"))
    return parts


def _bounds(plan: RatePlan, most: Decimal, across: Scale, up: Scale) -> list[str]:
    """Two lines and nothing between them: no label's steps are known, and none are made up."""
    left, right = across.start, across.end
    low, high = up.at(plan.initial.ml_h), up.at(most)
    return [
        line((left, high), (right, high), width="2.5", dashes=DASHES),
        text((left + right) // 2, high - 7, f"Maximum {number(most)} mL/h (upper bound)", anchor="middle"),
        line((left, low), (right, low), width="2.5"),
        text((left + right) // 2, low - 7, f"Starting rate {number(plan.initial.ml_h)} mL/h", anchor="middle"),
    ]
