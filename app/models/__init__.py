"""All tables; importing this package fills ``Base.metadata``."""

from app.models.assessment import AssessmentRecord
from app.models.base import Base
from app.models.evidence import EvidenceSource, EvidenceStatement
from app.models.product import ProductRow
from app.models.rule_set import Activation, RuleRow, RuleSetVersion
from app.models.rule_set_life import KeptReply, RuleSetDraft, RuleSetOrigin, RuleSetStep

PUBLISHED = (
    "rule_set_version",
    "rule",
    "evidence_source",
    "evidence_statement",
    "activation",
    "assessment_record",
    "product",
    "rule_set_draft",
    "rule_set_step",
    "rule_set_origin",
    "kept_reply",
)
"""Tables whose rows are only ever added: triggers refuse UPDATE and DELETE."""

__all__ = [
    "PUBLISHED",
    "Activation",
    "AssessmentRecord",
    "Base",
    "EvidenceSource",
    "EvidenceStatement",
    "KeptReply",
    "ProductRow",
    "RuleRow",
    "RuleSetDraft",
    "RuleSetOrigin",
    "RuleSetStep",
    "RuleSetVersion",
]
