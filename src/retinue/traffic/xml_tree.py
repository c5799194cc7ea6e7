"""XML as a tree that knows its lines; nothing that a document could use against its reader.

Document types are refused, so there are no entities to expand and nothing to fetch; size, depth
and number of elements are bounded.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from retinue.errors import InputError

__all__ = ["Element", "read_xml"]

_MOST_BYTES = 5_000_000
_MOST_ELEMENTS = 200_000
_MOST_DEPTH = 40


@dataclass(eq=False)
class Element:
    """An element without its namespace's prefix.

    Attributes
    ----------
    name, namespace
        Local name and namespace.
    line
        Where it begins, from 1.
    attributes
        By local name.
    text
        Its own text, without blanks at both ends.
    children
        In order.
    """

    name: str
    namespace: str
    file: str
    line: int
    attributes: dict[str, str]
    children: list[Element] = field(default_factory=list)
    text: str = ""

    def all(self, *path: str) -> Iterator[Element]:
        """Yield the descendants along a path of names."""
        if not path:
            yield self
            return
        for child in self.children:
            if child.name == path[0]:
                yield from child.all(*path[1:])

    def find(self, *path: str) -> Element | None:
        """Return the first descendant along a path, or None."""
        return next(self.all(*path), None)

    def words(self, *path: str) -> str:
        """Return the text of the first descendant along a path, empty where there is none."""
        found = self.find(*path)
        return "" if found is None else found.text

    def error(self, message: str, cure: str = "") -> InputError:
        """Return an error that names this element and its line."""
        return InputError(message, where=f"{self.file}:{self.line}: {self.name}", cure=cure)


def read_xml(text: bytes, name: str) -> Element:
    """Read a document.

    Parameters
    ----------
    text
        Its bytes.
    name
        How errors call it.

    Raises
    ------
    InputError
        With file and line where it is not well-formed, has a document type, or is too large.
    """
    if len(text) > _MOST_BYTES:
        raise InputError(f"the file is longer than {_MOST_BYTES // 1_000_000} MB", where=name)
    parser = expat.ParserCreate(namespace_separator="\n")
    parser.buffer_text = True
    stack: list[Element] = []
    texts: list[list[str]] = []
    roots: list[Element] = []
    count = 0

    def refuse(message: str, cure: str = "") -> InputError:
        return InputError(message, where=f"{name}:{parser.CurrentLineNumber}", cure=cure)

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal count
        count += 1
        if count > _MOST_ELEMENTS or len(stack) >= _MOST_DEPTH:
            raise refuse("the document is nested too deeply or has too many elements")
        namespace, _, local = tag.rpartition("\n")
        plain = {key.rpartition("\n")[2]: value for key, value in attributes.items()}
        element = Element(local, namespace, name, parser.CurrentLineNumber, plain)
        if stack:
            stack[-1].children.append(element)
        else:
            roots.append(element)
        stack.append(element)
        texts.append([])

    def end(_tag: str) -> None:
        stack.pop().text = "".join(texts.pop()).strip()

    def data(words: str) -> None:
        if texts:
            texts[-1].append(words)

    def doctype(*_rest: object) -> None:
        raise refuse(
            "the document brings a document type of its own, which is not read",
            "Take out the lines <!DOCTYPE ... >.",
        )

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = data
    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(text, True)
    except expat.ExpatError as error:
        raise InputError(
            f"this is no XML: {expat.ErrorString(error.code)}",
            where=f"{name}:{error.lineno}",
        ) from error
    except (ValueError, LookupError) as error:  # an encoding that Python does not know
        raise InputError(f"this is no XML that can be read: {error}", where=name) from error
    return roots[0]
