"""A knowledge folder as a mapping of names to texts: how drafts, published versions and bundles carry it."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from app.authoring.loader import FILES
from app.authoring.ranges import FILE as RANGES
from app.errors import Diagnostic, RefusedError

PATTERNS = (*FILES, "cases/*.yaml", "banned_phrases.yaml", RANGES)
"""Every file that the loader, the linter and the proofs read; what may be kept is read off these, so that neither grows alone."""
MOST_FILES = 500
MOST_CHARACTERS = 5_000_000
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,60}\.yaml", re.ASCII)
_FOLDER = re.compile(r"[a-z0-9][a-z0-9_-]{0,60}", re.ASCII)
_LISTS = frozenset(pattern.partition("/")[0] for pattern in PATTERNS if pattern.count("/") == 1)
_SINGLE = frozenset(pattern for pattern in PATTERNS if "/" not in pattern)


def read_folder(directory: Path) -> dict[str, str]:
    """The YAML files of a knowledge folder, by their names inside it. Raises RefusedError for one that is not UTF-8."""
    found = sorted({path for pattern in PATTERNS for path in directory.glob(pattern)})
    try:
        return {path.relative_to(directory).as_posix(): path.read_text(encoding="utf-8") for path in found}
    except UnicodeDecodeError:
        raise RefusedError("release-rejected", "a file of the folder is not UTF-8 text", 422) from None


def checked_files(files: Mapping[str, str]) -> dict[str, str]:
    """The same files, if their names and sizes may be written. Raises RefusedError 422; no name is repeated.

    A name that leads out of the folder, a hidden one, or one that the loader would not read is refused, not skipped.
    """
    if not 0 < len(files) <= MOST_FILES:
        raise _refused("file-count", f"between 1 and {MOST_FILES} files are read")
    if not all(_is_ours(name) for name in files):
        raise _refused("file-name", "a file has a name that no knowledge folder holds")
    if sum(map(len, files.values())) > MOST_CHARACTERS:
        raise _refused("file-size", f"at most {MOST_CHARACTERS} characters are read")
    return dict(files)


def _is_ours(name: str) -> bool:
    *folders, last = name.split("/")
    if not _NAME.fullmatch(last) or not all(_FOLDER.fullmatch(folder) for folder in folders):
        return False
    match folders:
        case []:
            return last in _SINGLE
        case ["rules", *_]:
            return True
        case [folder]:
            return folder in _LISTS
        case _:
            return False


def _refused(code: str, message: str) -> RefusedError:
    return RefusedError("release-rejected", message, 422, (Diagnostic(code, message),))


@contextmanager
def as_folder(files: Mapping[str, str]) -> Iterator[Path]:
    """The files in a folder of their own, gone afterwards. Raises RefusedError as ``checked_files``."""
    with TemporaryDirectory(prefix="ivig-cds-") as name:
        folder = Path(name)
        for file, text in checked_files(files).items():
            path = folder / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        yield folder


def laid_over(base: Mapping[str, str], changes: Mapping[str, str | None]) -> dict[str, str]:
    """The files of a version with some of them changed; None takes a file away."""
    merged = {**base, **changes}
    return {name: text for name, text in merged.items() if text is not None}
