"""All tables; importing this package fills ``Base.metadata``."""

from app.models.api_key import ApiKey
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

REVOCABLE = ("api_key",)
"""Tables whose rows may be ended once, and are otherwise never changed."""

__all__ = [
    "PUBLISHED",
    "REVOCABLE",
    "Activation",
    "ApiKey",
    "AssessmentRecord",
    "Base",
    "EvidenceSource",
    "EvidenceStatement",
    "ProductRow",
    "RuleRow",
    "RuleSetVersion",
]
