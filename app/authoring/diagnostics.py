"""One short page for each code that a check of the knowledge can print: what it means, and what to do."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Page:
    """What a code means, and what mends it."""

    code: str
    means: str
    mend: str

    def markdown(self) -> str:
        """The page as docs/diagnostics holds it."""
        return f"# {self.code}\n\n{self.means}\n\n**To mend it:** {self.mend}\n"


_TEXT = """
not-utf-8 | The file is not UTF-8 text. | Save it as UTF-8.
yaml-syntax | The file is not YAML 1.2. | Look at the line; most often an indentation, a colon inside a text, or a quote that is not closed.
yaml-duplicate-key | A key stands twice in one mapping; other tools keep the last one silently. | Delete one of the two.
yaml-key | A key is not plain text. | Quote it if it looks like a number, a date or true.
yaml-value | A value is neither text, true, false, null nor a plain number. | Quote it if it is text; write numbers without exponent or leading zero.
yaml-anchor | Anchors and aliases hide from a reviewer what is said where. | Write the value out.
yaml-too-deep | The file is nested more deeply than can be read. | Split the condition into rules that refer to each other.
invisible-character | A control, formatting or direction-changing character: the reader would see something else than is published. | Delete it.
not-a-mapping | An entry has not the shape of its folder. | Write `key: value` pairs.
unknown-section | The file holds a list that this folder does not take. | Use one of the lists named in the message.
no-rules | The folder holds no rules. | Name the right folder with --knowledge.
unknown-field | The kind of entry has no such field; it may be misspelt. | Compare with docs/authoring or with a rule of the same kind.
missing-field | A field that this kind needs is missing. | Add it.
bad-value | A value does not fit its field. | The message says what is expected.
text-too-long | A sentence is over its length; it would not be read. | Shorten it, or make two notes of it.
uncited | A sentence without a statement behind it. | Add `cite: [statement ids]`; without evidence it is not said.
uncertain-statement | A statement whose confidence is uncertain never stands in the knowledge. | Check it against its source until it is verified or likely, or leave it out.
bad-condition | A condition that cannot be read. | Use all, any, not, at_least, fact, rule or score; the place is the very node.
L001 | A condition reads a fact that does not exist. | Take an id of GET /v1/facts; the message names the nearest.
L002 | A condition names a rule that does not exist. | Correct the id.
L003 | A condition names a score that does not exist. | Correct the id.
L004 | The operator does not fit the type of the fact. | Numbers are compared, codes are eq, ne or in, booleans stand alone.
L005 | The value compared with does not fit the type of the fact. | Write a number for numbers, a code for codes.
L006 | The fact can never have this code. | Take one of the values of the fact in GET /v1/facts.
L007 | The range holds nothing: its lower end is above its upper end. | Exchange the two.
L008 | Rules refer to each other in a circle. | Break the circle; the message names it.
L009 | A score cannot be counted. | Look at its items, points and threshold.
L010 | A group that cannot be counted, such as three of two. | Correct `at_least`.
duplicate-id | An id is used twice. | Rename one; ids of published rules keep their meaning.
ask-id-reused | One question id asks two things. | Give the second its own id.
unknown-statement | A citation leads nowhere. | Correct the id, or carry the statement into evidence/.
unknown-source | A statement names a source that is not listed. | Add the source to evidence/sources.yaml.
unreachable-source | Neither the statement nor its source has a DOI, a PMID or an address. | Add one; a reader must be able to look it up.
unknown-jurisdiction | A place that jurisdictions.yaml does not list. | Correct the code, or add the place.
unknown-product | A rule is about a product that products.yaml does not list. | Correct the id.
unknown-fact | A question, a check or a source attribute names a fact that does not exist. | Take an id of GET /v1/facts.
unknown-rule | A calculator shows, or is decided by, a rule or score that does not exist. | Correct the id.
missing-parameter | A derivation asks for a threshold that nobody wrote. | Add it to parameters/ with value, unit, sentence and citation.
unused-parameter | A threshold that no derivation reads; it would look as if it had an effect. | Delete it.
column-ambiguous | A place stands in two columns of a status table. | Leave it in one.
column-missing | A table has no column for none, or none for all other places. | Add `none` and `"*"` to columns.
column-unknown | A cell for a column that the table does not have. | Correct the name.
column-empty | A column without any cell. | Add cells, or take the column away.
table-twice | An indication has two status tables. | Keep one.
table-without-indication | A status table for no indication. | Add `applies_to`.
funding-criterion | A funding rule names a criterion or a note that is not there. | Correct the id.
funding-not-met | Criteria without the sentence for a patient who fails them. | Add `not_met`.
funding-ambiguous | Two funding rules for one indication in one place. | Keep one.
funding-silent | No funding sentence for other places, or for no place chosen. | Add a rule for them.
funding-exclusion | A funding rule takes a place away with an exclamation mark. | Name the places it is for.
transparency-incomplete | A source attribute is missing or told twice, or a section has no sentence. | Add or delete it.
transparency-number | A number where none belongs. | Say it in words, or move it to a parameter.
headline-too-long | A headline has more than 160 characters. | Shorten it; details belong in notes.
banned-phrase | Something that the clinical specification forbids to say, with its reason. | Say what the evidence says.
dates-out-of-order | The day of review lies before the day it was reviewed. | Correct the dates.
missing-case | A rule or table row lacks a case that expects TRUE, FALSE or UNKNOWN. | Write it in cases/ from the evidence text, never from what the tool answers.
case-unknown-rule | A case about a condition that does not exist. | Correct the id.
case-unknown-score | A case about a score that does not exist. | Correct the id.
case-unknown-fact | A case gives a fact that does not exist. | Correct the id.
case-unknown-id | A case expects something that no answer can show. | Correct the id.
case-wrong-type | A case gives a fact a value of another type. | Write a number, a code, or true or false, as the fact's type says.
case-wrong-code | A case gives a fact a code it can never have. | Take one of its values.
bad-history | A history that the service itself would refuse. | The message names the field.
case-failed | A reviewed case is answered otherwise than its reviewer wrote. | Find out which is right: the rule or the case. Never change a case to what came out.
not-proved | A statement that must hold for every patient does not, or could not be worked out; the message names the proof, the rule and a patient. | Look at the rule with this patient in mind; docs/proofs.md says what each proof states.
not-covered | No case of this condition would notice a small mistake in it. | Read from the sentence and its evidence what the patient in the message must be answered, and write her as a case.
prover-missing | Z3, with which the proofs are worked out, is not installed here. | pip install 'ivig-cds[prove]', or publish where it is installed and bring the version here as a bundle.
window-unknown-fact | A time window counted from a fact that is no elapsed time. | Use a fact in hours or days since something.
window-not-in-days | A window counted in days that closes in the middle of a day. | Use a multiple of 24 hours.
bad-range | `ranges.yaml` cannot be read. | The message names the place.
outside-range | A condition compares a fact with a number that no patient can have, so it holds for everybody or for nobody. | Correct the number, or the range in `ranges.yaml` where that is what is wrong.
unknown-unit | A parameter is given in a unit that no fact has. | Write the UCUM unit that the sentence beside it names.
range-missing | A number that conditions compare has no range in `ranges.yaml`, so nothing can be proved of it. | Add the range with the least step in which it is measured.
range-unknown-fact | A range of a fact that does not exist or holds no number. | Correct the id.
stance-disagrees | A position for or against IVIG, and every statement on IVIG that it cites points the other way. | Correct the stance or the citation.
card-unknown-rule | A topic or suggestion of cards.yaml names a rule that does not exist, or under `notes` one that is no note. | Correct the id.
card-unknown-topic | A suggestion of cards.yaml names a topic that does not exist: it would never be offered. | Correct the id.
card-too-long | A label, or the words around the finding in a summary, leave no room on a card. | Shorten it.
review-overdue | The day of review has passed. | Review the rule against its sources, then set reviewed_on and review_by anew.
unused-statement | Nothing cites this statement. | Cite it where it belongs, or take it out.
dead-fact | Nothing reads this fact. | Delete its derivation, or write the rule that needs it.
too-complex | A condition has too many nodes to be reviewed. | Split it into rules that refer to each other.
too-large | More rules or bytes than a rule set may have. | Take out what is not needed.
file-count | Too many files, or none. | Send only YAML files of the knowledge folder.
file-name | A file name that no knowledge folder holds: it leads out of it, is hidden, or is not read. | Use rules/subject/name.yaml, cases/name.yaml and so on.
file-size | The files are longer than can be read at once. | Take out what is not needed.
"""


def _pages() -> Iterator[tuple[str, Page]]:
    for line in _TEXT.strip().splitlines():
        code, means, mend = (part.strip() for part in line.split(" | "))
        yield code, Page(code, means, mend)


PAGES: Mapping[str, Page] = dict(_pages())
"""Every code, in the order in which the files are read."""
