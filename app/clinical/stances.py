"""The closed words for what is concluded: a candidacy, an issuer's stance, how strong it is and how sure."""

from enum import StrEnum
from typing import Literal


class Status(StrEnum):
    """Candidacy, CLINICAL_DECISIONS 0.3."""

    RECOMMENDED = "recommended"
    MAY_BE_CONSIDERED = "may_be_considered"
    NOT_RECOMMENDED = "not_recommended"
    CONTRAINDICATED = "contraindicated"
    CRITERIA_NOT_MET = "criteria_not_met"
    UNDETERMINED = "undetermined"
    CONFLICTING = "conflicting"


class Stance(StrEnum):
    RECOMMENDS = "recommends"
    SUGGESTS = "suggests"
    MAY_CONSIDER = "may-consider"
    NO_RECOMMENDATION = "no-recommendation"
    SUGGESTS_AGAINST = "suggests-against"
    RECOMMENDS_AGAINST = "recommends-against"


Strength = Literal["strong", "conditional", "good-practice-point", "none"]


Certainty = Literal["high", "moderate", "low", "very-low", "not-graded"]


class FundingStatus(StrEnum):
    """What is known about paying, CLINICAL_DECISIONS 7.2; never candidacy, and never a decision."""

    FUNDED_ROUTE_EXISTS = "funded_route_exists"
    CASE_BY_CASE = "case_by_case"
    NOT_COMMISSIONED = "not_commissioned"
    NOT_FUNDED = "not_funded"
    CRITERIA_NOT_MET = "criteria_not_met"
    UNDETERMINED = "undetermined"
    NOT_AVAILABLE_HERE = "not_available_here"
