"""Synthetic histories with an open verdict, shown in the API documentation."""

from typing import Any

from app.web.examples import IMPLANTATION_FAILURE, RECURRENT_LOSS, SPARSE

_GESTATION_UNKNOWN = {**RECURRENT_LOSS, "current_pregnancy": {"bleeding": False}}

OPEN_HISTORIES: dict[str, dict[str, Any]] = {
    "gestation-unknown": {
        "summary": "Four unexplained losses, pregnant, gestation not known, Denmark: its answer alone settles the verdict",
        "value": _GESTATION_UNKNOWN,
    },
    "sparse": {"summary": "Only an age: every verdict is open", "value": SPARSE},
    "implantation-failure": {"summary": "Three failed euploid blastocysts, England", "value": IMPLANTATION_FAILURE},
}
