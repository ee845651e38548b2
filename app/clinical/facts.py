"""All facts of one case: importing this module declares the whole catalogue."""

import pkgutil
from collections.abc import Mapping
from importlib import import_module

import app.clinical
from app.clinical.catalogue import Case
from app.logic.values import Fact

# Every module beside this one may declare facts; none can be forgotten in a list.
for found in pkgutil.iter_modules(app.clinical.__path__, "app.clinical."):
    if found.name != __name__:
        import_module(found.name)


def derive(case: Case) -> Mapping[str, Fact]:
    """Every declared fact for this case: known, half known, or unknown with a reason."""
    return case.facts()
