"""The products of a published version, for people who look with SQL; the service reads the document."""

from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Numeric, String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Sequence


class ProductRow(Base):
    """One product. NULL is not known: never "free of", never zero. ``uncertain`` rows are never published."""

    __tablename__ = "product"
    __table_args__ = (
        CheckConstraint("confidence IN ('verified', 'likely')", name="confidence_known"),
        CheckConstraint("iga_max_ug_per_ml > 0", name="iga_max_positive"),
    )

    rule_set_version_id: Mapped[int] = mapped_column(Sequence, ForeignKey("rule_set_version.id"), primary_key=True)
    product_id: Mapped[str] = mapped_column(String(80), primary_key=True)
    name: Mapped[str] = mapped_column(String(300))
    manufacturer: Mapped[str] = mapped_column(String(300))
    regions: Mapped[list[str]] = mapped_column(JSON)
    concentration_percent: Mapped[list[int]] = mapped_column(JSON)
    contains_maltose: Mapped[bool | None]
    contains_corn_maltose: Mapped[bool | None]
    contains_sucrose: Mapped[bool | None]
    contains_glucose: Mapped[bool | None]
    contains_sorbitol: Mapped[bool | None]
    contains_proline: Mapped[bool | None]
    contains_glycine: Mapped[bool | None]
    # For sorting and comparing in SQL; the exact figure stands in the content.
    iga_max_ug_per_ml: Mapped[float | None] = mapped_column(Numeric(10, 3, asdecimal=False))
    rate_plan_possible: Mapped[bool]
    confidence: Mapped[str] = mapped_column(String(20))
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
