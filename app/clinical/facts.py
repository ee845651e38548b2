"""All facts of one case: importing this module declares the whole catalogue."""

from collections.abc import Mapping

from app.clinical.catalogue import Case, specifications
from app.logic.values import Fact

from app.clinical import laboratory
MODULES = (laboratory,)


def derive(case: Case) -> Mapping[str, Fact]:
    """Every declared fact for this case: known, half known, or unknown with a reason."""
    return {name: case.fact(name) for name in specifications()}
