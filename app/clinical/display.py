"""Exact decimals that the wire shows rounded."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated

from pydantic import PlainSerializer, WithJsonSchema


def _shown(places: str) -> PlainSerializer:
    """Rounded for display only, as the evidence asks: chains keep their full precision."""
    quantum = Decimal(places)
    return PlainSerializer(lambda value: float(value.quantize(quantum, ROUND_HALF_UP)), return_type=float)


_NUMBER = WithJsonSchema({"type": "number"})
Tenths = Annotated[Decimal, _shown("0.1"), _NUMBER]
Hundredths = Annotated[Decimal, _shown("0.01"), _NUMBER]
Thousandths = Annotated[Decimal, _shown("0.001"), _NUMBER]
