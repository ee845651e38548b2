"""All tables; importing this package fills ``Base.metadata``."""

from app.models.assessment import AssessmentRecord
from app.models.base import Base
from app.models.evidence import EvidenceSource, EvidenceStatement
from app.models.product import ProductRow
from app.models.rule_set import Activation, RuleRow, RuleSetVersion

PUBLISHED = (
    "rule_set_version",
    "rule",
    "evidence_source",
    "evidence_statement",
    "activation",
    "assessment_record",
    "product",
)
"""Tables whose rows are only ever added: triggers refuse UPDATE and DELETE."""

__all__ = [
    "PUBLISHED",
    "Activation",
    "AssessmentRecord",
    "Base",
    "EvidenceSource",
    "EvidenceStatement",
    "ProductRow",
    "RuleRow",
    "RuleSetVersion",
]
