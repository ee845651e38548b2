"""What the knowledge covers, as a Markdown table for people; generated, so that it cannot promise more than there is."""

from collections.abc import Iterator, Sequence

from app.authoring.loader import Loaded, Piece
from app.authoring.references import cited
from app.clinical.candidacy_rules import Candidacy, Funding
from app.clinical.history import Indication
from app.clinical.jurisdictions import ANYWHERE, NONE_CHOSEN
from app.clinical.rules import Alternative, Criterion, Position, Protocol

BEGIN, END = "<!-- covered:begin -->", "<!-- covered:end -->"
HEAD = (
    "indication",
    "definitions",
    "positions",
    "protocols",
    "alternatives",
    "funding rules",
    "jurisdictions with a status column",
    "statements cited",
)
NOT_ASSESSED = "not assessed"


def covered(loaded: Loaded) -> str:
    """One row for each indication; all places without a column of their own are served by the general one."""
    rows = [HEAD, ("---",) * len(HEAD), *(_row(loaded.of("rules"), indication) for indication in Indication)]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _row(pieces: Sequence[Piece], indication: Indication) -> tuple[str, ...]:
    own = [piece for piece in pieces if indication in piece.model.applies_to]
    counts = (
        sum(isinstance(piece.model, Criterion) and piece.model.defines for piece in own),
        *(sum(isinstance(piece.model, kind) for piece in own) for kind in (Position, Protocol, Alternative, Funding)),
    )
    statements = {statement for piece in own for _, statement in cited(piece.data)}
    places = ", ".join(_places(own)) or NOT_ASSESSED
    return (indication.value.replace("_", " "), *map(str, counts), places, str(len(statements)))


def _places(own: Sequence[Piece]) -> Iterator[str]:
    for piece in own:
        if isinstance(piece.model, Candidacy):
            named = {code for codes in piece.model.columns.values() for code in codes}
            own_columns = sorted(named - {ANYWHERE, NONE_CHOSEN})
            yield from (*own_columns, "all others" if own_columns else "one for all places")


def written_into(page: str, table: str) -> str:
    """The page with the table between its markers. Raises ValueError where a marker is missing."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"the page holds no {BEGIN} followed by {END}")
    return f"{before}{BEGIN}\n{table}{END}{after}"
