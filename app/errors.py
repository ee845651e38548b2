"""The project's own errors, standard library only.

AppError
  x ContentError            knowledge that cannot be used (carries diagnostics)
  x RuleSetError            no rule set, or one whose digest does not match
    x RefusedError          a step in the life of a rule set that is refused (carries a problem type and diagnostics)
  x InputError              a request that cannot be understood (carries problems, never values)
  x StorageError            the database cannot be written or read
  x AccessError             a credential that does not open the door (the reason is a code for the log alone)
  x ScopeError              a good credential that lacks the scope
  x TooManyError            too many calls, or too many bad credentials
  x KeysUnavailableError    the issuer's keys cannot be had
  x OverloadedError         as many requests are in flight as the site allows
"""

from dataclasses import dataclass


class AppError(Exception):
    """Anything this project raises on purpose."""


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One fault in the knowledge, with its place: ``file:line:column: code: message``."""

    code: str
    message: str
    file: str = ""
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}: " if self.file else ""
        return f"{place}{self.code}: {self.message}"


class ContentError(AppError):
    """Knowledge that cannot be used; every fault is collected before this is raised."""

    def __init__(self, diagnostics: tuple[Diagnostic, ...]) -> None:
        super().__init__("\n".join(map(str, diagnostics)))
        self.diagnostics = diagnostics


class RuleSetError(AppError):
    """No rule set can be served: none active, unknown version, or a digest that does not match."""


class RefusedError(RuleSetError):
    """A step in the life of a rule set that is refused. ``type`` is a slug of the closed list in docs/errors.md.

    ``diagnostics`` are the faults of the knowledge, which holds no patient.
    """

    def __init__(self, type: str, detail: str, status: int = 409, diagnostics: tuple[Diagnostic, ...] = ()) -> None:  # noqa: A002 - RFC 9457 calls it type
        super().__init__(detail)
        self.type = type
        self.detail = detail
        self.status = status
        self.diagnostics = diagnostics


class StorageError(AppError):
    """The database cannot be read or written just now."""


class OverloadedError(AppError):
    """As many requests are in flight as the site allows."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault in a request: where (known field names and indexes only) and what, never the value.

    ``evidence`` names the statements behind a refusal that has a clinical reason.
    """

    pointer: str
    code: str
    detail: str
    evidence: tuple[str, ...] = ()


class InputError(AppError):
    """A request that cannot be understood. ``type`` is a slug of the closed list in docs/errors.md."""

    def __init__(self, type: str, problems: tuple[Problem, ...] = (), status: int = 422) -> None:  # noqa: A002 - RFC 9457 calls it type
        super().__init__(type)
        self.type = type
        self.problems = problems
        self.status = status


class AccessError(AppError):
    """No credential, or one that is not good. ``code`` is of our own making and is for the log; the caller is told nothing."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class ScopeError(AppError):
    """The caller is known and may not do this."""


class TooManyError(AppError):
    """Too many calls, or bad credentials; ``seconds`` says when to come back."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"come back in {seconds} seconds")
        self.seconds = seconds


class KeysUnavailableError(AppError):
    """The keys of a configured issuer were never had, or are too old."""
