"""YAML that remembers its lines, so that every error can name file, line and key.

The parser is libyaml through PyYAML's ``compose``; scalars are resolved here by
the YAML 1.2 core schema, because YAML 1.1 turns the country code ``NO`` into
False and ``17:30`` into 1050.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from retinue.errors import InputError

if TYPE_CHECKING:
    from pydantic import BaseModel

    Model = TypeVar("Model", bound=BaseModel)

__all__ = ["Node", "parse_yaml", "read_yaml", "record_reads", "recording", "suggest", "validate"]

_INT = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_WORDS = re.compile(r"\w+")
_NULL = {"", "~", "null", "Null", "NULL"}
_BOOL = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}


#: Texts whose nodes are kept; the shipped catalogue has about so many files.
_MOST_KEPT = 256

_recorders: ContextVar[tuple[dict[Path, str], ...]] = ContextVar("recorders", default=())


@dataclass(frozen=True, slots=True)
class Node:
    """A YAML value with the place it stands at.

    Attributes
    ----------
    value
        A scalar, a list of nodes or a mapping from text to node.
    file
        Name of the file as the user gave it.
    line
        Line of the value, counted from 1.
    """

    value: Any
    file: str
    line: int

    def plain(self) -> Any:
        """Return the value as bare Python lists, dicts and scalars."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value

    def copy(self) -> Node:
        """Return a copy whose mappings and lists may be changed."""
        if isinstance(self.value, dict):
            value: Any = {key: node.copy() for key, node in self.value.items()}
        elif isinstance(self.value, list):
            value = [node.copy() for node in self.value]
        else:
            return self
        return Node(value, self.file, self.line)

    def find(self, path: tuple[int | str, ...]) -> Node:
        """Return the deepest node that exists along ``path``."""
        node = self
        for step in path:
            if isinstance(node.value, list):
                known: Any = range(len(node.value))
            else:
                known = node.value if isinstance(node.value, dict) else ()
            if step in known:
                node = node.value[step]
        return node

    def where(self, path: tuple[int | str, ...] = ()) -> str:
        """Return ``file:line: a.b.c`` for a path below this node."""
        words = ".".join(str(step) for step in path if isinstance(step, str))
        place = f"{self.file}:{self.find(path).line}"
        return f"{place}: {words}" if words else place


def read_yaml(path: Path, name: str | None = None) -> Node:
    """Read a YAML file.

    Parameters
    ----------
    path
        The file.
    name
        How errors call it; by default the path as given.

    Raises
    ------
    InputError
        Where the file is missing, not UTF-8 or not YAML.
    """
    label = name or str(path)
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise InputError("there is no such file", where=label) from error
    except UnicodeDecodeError as error:
        raise InputError(
            "the file is not UTF-8 text", where=label, cure="Save it as UTF-8."
        ) from error
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", where=label) from error
    for reads in _recorders.get():
        reads[path] = text
    return parse_yaml(text, label)


@contextmanager
def recording() -> Iterator[dict[Path, str]]:
    """Collect every file that is read by `read_yaml` meanwhile, with its text.

    A plan keeps the user's own files word for word, so that it can be made again.
    """
    reads: dict[Path, str] = {}
    token = _recorders.set((*_recorders.get(), reads))
    try:
        yield reads
    finally:
        _recorders.reset(token)


def record_reads(reads: Mapping[Path, str]) -> None:
    """Tell whoever is `recording` of files that another process read for this one."""
    for own in _recorders.get():
        own.update(reads)


@lru_cache(maxsize=_MOST_KEPT)
def parse_yaml(text: str, name: str) -> Node:
    """Parse YAML text; ``name`` is how errors call it.

    Equal texts give the same node, because one command reads a journey and its trains many
    times: who changes values takes a `Node.copy`.

    Raises
    ------
    InputError
        Where the text is not YAML, is empty, or repeats a key.
    """
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        root = yaml.compose(text, Loader=loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"{name}:{mark.line + 1}" if mark else name
        raise InputError(
            f"this is not YAML: {error.problem or 'the document breaks off'}",
            where=place,
            cure="Check the indentation, quotes and brackets on that line and the one above.",
        ) from error
    except yaml.YAMLError as error:
        raise InputError(f"this is not YAML: {error}", where=name) from error
    if root is None:
        raise InputError("the file is empty", where=name)
    return _convert(root, name)


def _convert(node: Any, name: str) -> Node:
    line = node.start_mark.line + 1
    if node.id == "mapping":
        mapping: dict[str, Node] = {}
        for key, value in node.value:
            if key.id != "scalar":
                raise InputError(
                    "a key must be a plain word", where=f"{name}:{key.start_mark.line + 1}"
                )
            if key.value in mapping:
                raise InputError(
                    f'the key "{key.value}" stands twice',
                    where=f"{name}:{key.start_mark.line + 1}",
                    cure=f"The first is on line {mapping[key.value].line}; keep one.",
                )
            mapping[key.value] = _convert(value, name)
        return Node(mapping, name, line)
    if node.id == "sequence":
        return Node([_convert(item, name) for item in node.value], name, line)
    return Node(_scalar(node), name, line)


def _scalar(node: Any) -> Any:
    text: str = node.value
    if node.style in ('"', "'", "|", ">"):  # quoted or block: always text
        return text
    if text in _NULL:
        return None
    if text in _BOOL:
        return _BOOL[text]
    if _INT.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    return text


def suggest(word: str, known: Any, *, count: int = 3) -> str:
    """Return ``Did you mean "x"?`` for the nearest known words, or nothing."""
    from difflib import get_close_matches

    folded = {str(item).casefold(): str(item) for item in known}
    wanted = word.casefold()
    # "Olten" for "Olten station": the whole word is there, however long the rest.
    words = set(_WORDS.findall(wanted))
    holding = [name for name in folded if words and words <= set(_WORDS.findall(name))]
    near = get_close_matches(wanted, list(folded), n=count, cutoff=0.6)
    close = list(dict.fromkeys([*near, *holding]))[:count]
    if not close:
        return ""
    return "Did you mean " + " or ".join(f'"{folded[item]}"' for item in close) + "?"


def validate(node: Node, model: type[Model], *, at: tuple[int | str, ...] = ()) -> Model:
    """Check a YAML value against a pydantic model.

    Parameters
    ----------
    node
        The value.
    model
        A pydantic model class.
    at
        Path of ``node`` in its file, for the error's key.

    Raises
    ------
    InputError
        For the first fault, with file, line, key and cure.
    """
    from pydantic import ValidationError

    try:
        return model.model_validate(node.plain())
    except ValidationError as error:
        raise _first_fault(node, model, at, error) from None


def _first_fault(
    node: Node, model: type[BaseModel], at: tuple[int | str, ...], error: Any
) -> InputError:
    faults = error.errors(include_url=False)
    # An unknown key is most often a misspelt required one: name it before "missing".
    fault = next((f for f in faults if f["type"] == "extra_forbidden"), faults[0])
    path = tuple(fault["loc"])
    kind = fault["type"]
    parent = node.find(path[:-1])
    more = f" ({len(faults) - 1} more after this one)" if len(faults) > 1 else ""
    if kind == "extra_forbidden":
        names = _field_names(model, path[:-1])
        cure = suggest(str(path[-1]), names) or ("Known: " + ", ".join(sorted(names)) + ".")
        message = f'the key "{path[-1]}" is not known here'
        if node.find(path).value is None and isinstance(path[-1], str):
            # {at: Broken Hill, AU}: what stands behind the comma is a key to YAML.
            cure += f' A value with a comma needs quotes: "..., {path[-1]}".'
    elif kind == "missing":
        words = ".".join(str(step) for step in (*at, *path[:-1]) if isinstance(step, str))
        return InputError(
            f'"{path[-1]}" is missing{more}',
            where=f"{parent.file}:{parent.line}" + (f": {words}" if words else ""),
            cure=f'Add "{path[-1]}: ...".',
        )
    elif kind == "value_error":
        context = fault.get("ctx", {}).get("error")
        message, cure = (str(context) if context else fault["msg"]), ""
    elif kind in ("literal_error", "enum"):
        expected = str(fault.get("ctx", {}).get("expected", ""))
        message = f'"{fault["input"]}" is not one of {expected}'
        cure = suggest(str(fault["input"]), re.findall(r"'([^']+)'", expected))
    elif kind in _BOUNDS:
        message, cure = _out_of_bounds(node.find(path).value, fault)
    else:
        message, cure = f"{fault['msg']} (found {fault['input']!r})", ""
    place = node.find(path)
    words = ".".join(str(step) for step in (*at, *path) if isinstance(step, str))
    return InputError(
        message + more,
        where=f"{place.file}:{place.line}" + (f": {words}" if words else ""),
        cure=cure,
    )


_BOUNDS = {
    "greater_than": ("gt", "too small", "more than"),
    "greater_than_equal": ("ge", "too small", "at least"),
    "less_than": ("lt", "too large", "less than"),
    "less_than_equal": ("le", "too large", "at most"),
}
_PARTS = {"percent": 100.0, "%": 100.0, "permil": 1000.0}


def _out_of_bounds(written: Any, fault: Mapping[str, Any]) -> tuple[str, str]:
    """Return message and cure for a number that may not be so large or small."""
    key, message, words = _BOUNDS[fault["type"]]
    plain = isinstance(written, str | int | float) and not isinstance(written, bool)
    shown = written if plain else fault["input"]
    bound = fault.get("ctx", {}).get(key)
    number, _, unit = str(shown).strip().rpartition(" ")
    cure = ""
    if isinstance(bound, int | float):
        # The bound is in SI; of what was written in another unit only parts are turned back.
        if unit in _PARTS and number:
            cure = f"It has to be {words} {bound * _PARTS[unit]:g} {unit}."
        elif isinstance(written, int | float):
            cure = f"It has to be {words} {bound:g}."
    return f'"{shown}" is {message}', cure


def _field_names(model: type[BaseModel], path: tuple[int | str, ...]) -> list[str]:
    """Return the keys that a model, or the sub-model at ``path``, accepts."""
    schema = model.model_json_schema(by_alias=True)
    definitions = schema.get("$defs", {})

    def resolve(part: dict[str, Any]) -> list[dict[str, Any]]:
        if "$ref" in part:
            return resolve(definitions[part["$ref"].rsplit("/", 1)[-1]])
        options = part.get("anyOf") or part.get("oneOf")
        return [o for option in options for o in resolve(option)] if options else [part]

    parts = resolve(schema)
    for step in path:
        following: list[dict[str, Any]] = []
        for part in parts:
            if isinstance(step, int) and "items" in part:
                following += resolve(part["items"])
            elif step in part.get("properties", {}):
                following += resolve(part["properties"][step])
            elif isinstance(part.get("additionalProperties"), dict):
                following += resolve(part["additionalProperties"])
        parts = following or parts
    return sorted({name for part in parts for name in part.get("properties", {})})
