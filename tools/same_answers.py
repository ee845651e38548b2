"""Whether a change made for speed alone changes an answer: a digest of each answer to each reviewed patient in all their places.

    python -m tools.same_answers save FILE     before the change
    python -m tools.same_answers check FILE    after it: names what differs and ends with 1

The list is of one rule set and one code; it is not kept.
"""

import json
import sys
from collections.abc import Iterator
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import get_args

from app.authoring.cases import history_of, load_cases
from app.clinical.history import PatientHistory
from app.clinical.jurisdictions import NONE_CHOSEN
from app.services.active import bundled
from app.services.assess import Explain, assess, encode
from app.services.publish import BUNDLED
from app.web.examples import HISTORIES

TODAY = date(2026, 11, 25)
LEAST = 500
"""With fewer patients than these the list proves nothing."""


def main() -> None:
    """Save the digests or compare them."""
    act, name = sys.argv[1:]
    found = digests()
    print(f"{len(found)} answers")
    if len(found) < LEAST:
        raise SystemExit("too few to prove anything")
    if act == "save":
        Path(name).write_text(json.dumps(found, indent=0))
        return
    before = json.loads(Path(name).read_text())
    differing = sorted(key for key in before.keys() | found.keys() if before.get(key) != found.get(key))
    print("\n".join(differing[:50]) or "all bytes are the same")
    raise SystemExit(bool(differing))


def digests() -> dict[str, str]:
    """For each patient, place and depth of explanation the digest of the answer's bytes."""
    rules, depths = bundled(), get_args(Explain)
    return {
        f"{name} {depth}": sha256(encode(assess(rules, history, TODAY, depth))).hexdigest()
        for name, history in histories()
        for depth in depths
    }


def histories() -> Iterator[tuple[str, PatientHistory]]:
    """The reviewed patients in all their places, and the examples of the documentation."""
    for name, example in HISTORIES.items():
        yield f"example {name}", PatientHistory.model_validate_json(json.dumps(example["value"]))
    for piece in load_cases(BUNDLED).patients:
        case = piece.model
        for place in sorted({place for cells in case.expect.candidacy.values() for place in cells} | {NONE_CHOSEN}):
            yield f"{case.id} {place}", history_of(case, None if place == NONE_CHOSEN else place)


if __name__ == "__main__":
    main()
