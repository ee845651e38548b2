"""All tables, so that one import knows them."""

from app.models.assessment import AssessmentRecord
from app.models.base import Base
from app.models.evidence import EvidenceSource, EvidenceStatement
from app.models.rule_set import Activation, PublishedRule, RuleSetVersion

__all__ = [
    "Activation",
    "AssessmentRecord",
    "Base",
    "EvidenceSource",
    "EvidenceStatement",
    "PublishedRule",
    "RuleSetVersion",
]
