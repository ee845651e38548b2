"""What the sums tell: which rules fired under which version, which have gone silent, and which have jumped.

What is reported is unusual, not wrong: most of it is a change in who was asked about. It is shown and blocks nothing.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

from app.clinical.ruleset import RuleSet
from app.store.counts import CountKey

What = Literal["silent", "more", "less"]
EXPECTED = 10
"""A rule is called silent where so many firings were to be expected: none at all then happens once in 20,000 times."""
SQUARED = 16
"""Four standard errors between two shares: with some thousand rules, chance alone shows one every other week."""


@dataclass(frozen=True, slots=True)
class Firing:
    """One condition under one version: how often it was TRUE."""

    rule: str
    version: str
    fired: int


@dataclass(frozen=True, slots=True)
class DayCount:
    """One day under one version. ``fired`` is of the rule asked about, None where none was."""

    day: date
    version: str
    assessments: int
    fired: int | None


@dataclass(frozen=True, slots=True)
class Drift:
    """A condition that fires otherwise than before. Only assessments by versions that hold its rule are counted."""

    rule: str
    what: What
    recent_fired: int
    recent_assessments: int
    before_fired: int
    before_assessments: int


@dataclass(frozen=True, slots=True)
class Unread:
    """Codes that no fact reads, by where they stood in the request; an index is written ``*``."""

    place: str
    version: str
    count: int


@dataclass(frozen=True, slots=True)
class Insights:
    """Everything over one window of days."""

    first: date
    recent_first: date
    last: date
    days: tuple[DayCount, ...]
    firings: tuple[Firing, ...]
    never: tuple[str, ...]
    drifts: tuple[Drift, ...]
    unread: tuple[Unread, ...]


def insights(
    counts: Mapping[CountKey, int],
    active: RuleSet,
    rules_of: Callable[[str], frozenset[str]],
    last: date,
    days: int,
    recent: int,
    rule: str | None = None,
) -> Insights:
    """The report of ``days`` days up to ``last``; the last ``recent`` of them are compared with those before.

    ``rules_of`` names the rules of a version: a version without a rule says nothing about how often it should fire.
    """
    first, recent_first = last - timedelta(days=days - 1), last - timedelta(days=recent - 1)
    kept = {key: count for key, count in counts.items() if first <= key.day <= last}
    fired: Counter[tuple[str, str]] = Counter()
    for key, count in kept.items():
        if key.kind == "fired":
            fired[key.name, key.version] += count
    here = [key for key in active.conditions if "/@" not in key]
    known = {name for name, _ in fired}
    return Insights(
        first,
        recent_first,
        last,
        tuple(_days(kept, rule)),
        tuple(Firing(*key, count) for key, count in sorted(fired.items()) if rule is None or _owner(key[0]) == rule),
        tuple(key for key in here if key not in known),
        tuple(_drifts(kept, here, _Holders(active, rules_of), recent_first)),
        tuple(_unread(kept)),
    )


def _owner(key: str) -> str:
    """The rule whose condition this is."""
    return key.partition("/")[0]


def _days(kept: Mapping[CountKey, int], rule: str | None) -> list[DayCount]:
    asked: Counter[tuple[date, str]] = Counter()
    fired: Counter[tuple[date, str]] = Counter()
    for key, count in kept.items():
        if key.kind == "assessed":
            asked[key.day, key.version] += count
        # Its own condition; the parts of it are among the firings.
        elif key.kind == "fired" and key.name == rule:
            fired[key.day, key.version] += count
    return [DayCount(*at, asked[at], None if rule is None else fired[at]) for at in sorted(asked)]


def _unread(kept: Mapping[CountKey, int]) -> list[Unread]:
    found: Counter[tuple[str, str]] = Counter()
    for key, count in kept.items():
        if key.kind == "unread":
            found[key.name, key.version] += count
    return [Unread(*key, count) for key, count in found.most_common()]


class _Holders:
    """Which versions hold which rules; a version that is not published here holds none."""

    def __init__(self, active: RuleSet, rules_of: Callable[[str], frozenset[str]]) -> None:
        self._own = {active.version: frozenset(map(_owner, active.conditions))}
        self._rules_of = rules_of

    def holds(self, version: str, rule: str) -> bool:
        if version not in self._own:
            self._own[version] = self._rules_of(version)
        return rule in self._own[version]


@dataclass(frozen=True, slots=True)
class _Side:
    """One side of the comparison: assessments by version, and firings by condition."""

    asked: Counter[str] = field(default_factory=Counter)
    fired: Counter[str] = field(default_factory=Counter)

    def asked_of(self, rule: str, holders: _Holders) -> int:
        """The assessments by versions that hold a rule."""
        return sum(count for version, count in self.asked.items() if holders.holds(version, rule))


def _drifts(kept: Mapping[CountKey, int], here: list[str], holders: _Holders, recent_first: date) -> list[Drift]:
    now, before = _Side(), _Side()
    for at, count in kept.items():
        side = now if at.day >= recent_first else before
        if at.kind == "assessed":
            side.asked[at.version] += count
        elif at.kind == "fired":
            side.fired[at.name] += count
    asked = {rule: (now.asked_of(rule, holders), before.asked_of(rule, holders)) for rule in set(map(_owner, here))}
    found = []
    for key in here:
        recent, earlier = asked[_owner(key)]
        what = drift(now.fired[key], recent, before.fired[key], earlier)
        if what:
            found.append(Drift(key, what, now.fired[key], recent, before.fired[key], earlier))
    return sorted(found, key=lambda item: (("silent", "less", "more").index(item.what), item.rule))


def drift(fired: int, asked: int, fired_before: int, asked_before: int) -> What | None:
    """Whether a share differs from the one before by more than chance; exact, in whole numbers.

    Two shares x/n and X/N lie z standard errors apart, where z**2 = (xN - nX)**2 (n + N) / (nN (x + X)(n + N - x - X)).
    """
    if not asked or not asked_before:
        return None
    if not fired:
        return "silent" if fired_before * asked >= EXPECTED * asked_before else None
    apart = fired * asked_before - asked * fired_before
    both, all_ = fired + fired_before, asked + asked_before
    if both == all_ or apart**2 * all_ < SQUARED * asked * asked_before * both * (all_ - both):
        return None
    # A handful in either direction is no pattern yet.
    if both * min(asked, asked_before) < EXPECTED * all_:
        return None
    return "more" if apart > 0 else "less"
