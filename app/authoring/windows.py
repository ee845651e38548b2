"""Faults of time windows: what they are counted from, and where they close."""

from collections.abc import Iterator

from app.authoring.loader import Loaded
from app.clinical.catalogue import specifications
from app.clinical.moments import anchors
from app.clinical.order_rules import TimeWindow
from app.errors import Diagnostic

HOURS_IN_DAY = 24


def window_faults(loaded: Loaded) -> Iterator[Diagnostic]:
    """Windows that cannot be computed, or whose days are not whole."""
    for piece in loaded.of("rules"):
        rule = piece.model
        if not isinstance(rule, TimeWindow):
            continue
        if rule.since not in anchors():
            yield piece.fault("window-unknown-fact", f"{rule.id}: `{rule.since}` is no elapsed time", "since")
        elif specifications()[rule.since].unit == "d" and rule.closes_after_hours % HOURS_IN_DAY:
            message = f"{rule.id}: a window counted in days closes after whole days"
            yield piece.fault("window-not-in-days", message, "closes_after_hours")
