"""One strict reading of YAML 1.2: exact numbers, no duplicate keys, and a line and column for everything."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path as FilePath
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from app.errors import Diagnostic

Path = tuple[str | int, ...]
Mark = tuple[int, int]

_TAG = "tag:yaml.org,2002:"
_WHOLE = re.compile(r"-?(0|[1-9][0-9]*)", re.ASCII)
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]*)\.[0-9]+", re.ASCII)
# Invisible or direction-changing characters would let a reviewer read something else than what is published.
_INVISIBLE = {"Cc", "Cf", "Cs", "Co"}


@dataclass(frozen=True, slots=True)
class YamlFile:
    """What a file says, and where it says it. ``marks`` counts lines and columns from one."""

    name: str
    data: Any
    marks: Mapping[Path, Mark] = field(repr=False)

    def reach(self, path: Path, start: Path = ()) -> Path:
        """``path`` below ``start``, leaving out the steps that the file does not have."""
        found = start
        for step in path:
            if (*found, step) in self.marks:
                found = (*found, step)
        return found

    def fault(self, code: str, message: str, path: Path = ()) -> Diagnostic:
        """A diagnostic at this place."""
        line, column = self.marks.get(path, (1, 1))
        return Diagnostic(code, message, self.name, line, column)


def read_yaml(file: FilePath, name: str) -> tuple[YamlFile, tuple[Diagnostic, ...]]:
    """The file under the name that diagnostics give it, and every fault in it. A file with a syntax fault holds nothing."""
    nothing = YamlFile(name, None, {})
    try:
        root = YAML(typ="safe", pure=True).compose(file.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        return nothing, (Diagnostic("not-utf-8", "the file is not UTF-8 text", name, 1, 1),)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        return nothing, (Diagnostic("yaml-syntax", str(error.problem or error.context), name, line, column),)
    except YAMLError as error:
        return nothing, (Diagnostic("yaml-syntax", str(error), name, 1, 1),)
    except RecursionError:
        return nothing, (_too_deep(name),)
    reader = _Reader(name)
    try:
        data = None if root is None else reader.read(root, ())
    except RecursionError:
        return nothing, (_too_deep(name),)
    return YamlFile(name, data, reader.marks), tuple(reader.faults)


def _too_deep(name: str) -> Diagnostic:
    return Diagnostic("yaml-too-deep", "the file is nested too deeply to be read", name, 1, 1)


class _Reader:
    """Turns the nodes of one file into plain data."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.marks: dict[Path, Mark] = {}
        self.faults: list[Diagnostic] = []
        self._anchored: set[int] = set()

    def read(self, node: Node, path: Path) -> Any:
        self.marks.setdefault(path, _mark(node))
        if node.anchor:
            self._fault(node, "yaml-anchor", "anchors and aliases are not used here; write it out")
            if id(node) in self._anchored:
                return None  # an alias of an alias of an alias would be read for ever
            self._anchored.add(id(node))
        match node:
            case MappingNode():
                return dict(self._members(node, path))
            case SequenceNode():
                return [self.read(item, (*path, index)) for index, item in enumerate(node.value)]
            case ScalarNode():
                return self._scalar(node)
            case _:
                raise TypeError(f"YAML has no {type(node).__name__}")

    def _members(self, node: MappingNode, path: Path) -> Iterator[tuple[str, Any]]:
        seen: set[str] = set()
        for key_node, value_node in node.value:
            key = key_node.value
            if not isinstance(key_node, ScalarNode) or key_node.tag != f"{_TAG}str":
                self._fault(key_node, "yaml-key", "a key is plain text; quote it if it looks like something else")
            elif key in seen:
                self._fault(key_node, "yaml-duplicate-key", f"the key `{key}` is written twice")
            else:
                seen.add(key)
                self.marks[(*path, key)] = _mark(key_node)
                yield key, self.read(value_node, (*path, key))

    def _scalar(self, node: ScalarNode) -> Any:
        text: str = node.value
        match (node.tag or "").removeprefix(_TAG):
            case "str" | "timestamp":
                return self._text(node, text)
            case "null":
                return None
            case "bool" if text in {"true", "false"}:
                return text == "true"
            case "int" if _WHOLE.fullmatch(text):
                return int(text)
            case "float" if _DECIMAL.fullmatch(text):
                return exact(Decimal(text))
        self._fault(
            node,
            "yaml-value",
            f"`{text}` is neither text, true, false, null nor a plain number; quote it if it is text",
        )
        return None

    def _text(self, node: ScalarNode, text: str) -> str:
        if "\n" in text:
            text = " ".join(text.split())  # a sentence is one line, however it is wrapped in the file
        if any(unicodedata.category(character) in _INVISIBLE for character in text):
            self._fault(node, "invisible-character", "control and formatting characters are not taken")
        return text

    def _fault(self, node: Node, code: str, message: str) -> None:
        line, column = _mark(node)
        self.faults.append(Diagnostic(code, message, self.name, line, column))


def exact(number: Decimal) -> int | Decimal:
    """The one form of a number: whole numbers as int, others without trailing zeros."""
    if number == number.to_integral_value():
        return int(number)
    return number.normalize()


def _mark(node: Node) -> Mark:
    return node.start_mark.line + 1, node.start_mark.column + 1
