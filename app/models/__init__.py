"""All tables; importing this package fills ``Base.metadata``."""

from app.models.api_key import ApiKey
from app.models.assessment import AssessmentRecord
from app.models.base import Base
from app.models.case import CaseRecord
from app.models.evidence import EvidenceSource, EvidenceStatement
from app.models.feedback import CardFeedback, IssuedCard, IssuedCardRule
from app.models.insight import RuleCount
from app.models.product import ProductRow
from app.models.rule_set import Activation, RuleRow, RuleSetVersion
from app.models.rule_set_life import KeptReply, RuleSetDraft, RuleSetOrigin, RuleSetStep
from app.models.used_token import UsedToken

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

REVOCABLE = ("api_key",)
"""Tables whose rows may be ended once, and are otherwise never changed."""
FORGETTABLE = ("issued_card", "issued_card_rule", "card_feedback", "used_token")
"""Tables whose rows may be forgotten after a while; none names a patient. Feedback is never changed before."""
PERSONAL = ("case_record",)
"""Tables that hold what was sent about patients, where a site wants that; their rows may be forgotten and are never changed."""
SUMS = ("rule_count",)
"""Tables whose rows grow by addition."""

__all__ = [
    "FORGETTABLE",
    "PERSONAL",
    "PUBLISHED",
    "REVOCABLE",
    "SUMS",
    "Activation",
    "ApiKey",
    "AssessmentRecord",
    "Base",
    "CardFeedback",
    "CaseRecord",
    "EvidenceSource",
    "EvidenceStatement",
    "IssuedCard",
    "IssuedCardRule",
    "KeptReply",
    "ProductRow",
    "RuleCount",
    "RuleRow",
    "RuleSetDraft",
    "RuleSetOrigin",
    "RuleSetStep",
    "RuleSetVersion",
    "UsedToken",
]
