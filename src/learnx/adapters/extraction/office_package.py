"""Opens the ZIP of parts that a DOCX or PPTX is, and gives out its XML without the ways in which XML and ZIP attack."""

import io
import mmap
import posixpath
import re
import zipfile
import zlib
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

from lxml import etree

from learnx.adapters.extraction.failures import failure

#: Parts of XML that are larger than this, inflated and added up, are refused before one is inflated.
MAX_XML_BYTES = 96 * 1024 * 1024
#: A part with more elements is refused before it is parsed: they take some 200 bytes each.
MAX_ELEMENTS = 1_000_000
MAX_PARTS = 20_000

Element = Any

_STRICT = re.compile(rb"http://purl\.oclc\.org/ooxml/(\w+)/")
_XML_SUFFIXES = (".xml", ".rels")
_MAIN_PARTS = ("word/document.xml", "ppt/presentation.xml")
_NAMESPACES = {
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main": "w",
    "http://schemas.openxmlformats.org/presentationml/2006/main": "p",
    "http://schemas.openxmlformats.org/drawingml/2006/main": "a",
    "http://schemas.openxmlformats.org/drawingml/2006/chart": "c",
    "http://schemas.openxmlformats.org/drawingml/2006/diagram": "dgm",
    "http://schemas.openxmlformats.org/officeDocument/2006/math": "m",
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships": "r",
    "http://schemas.openxmlformats.org/markup-compatibility/2006": "mc",
    "http://purl.org/dc/elements/1.1/": "dc",
}


@dataclass(frozen=True, slots=True)
class Relation:
    """From one part to another: ``kind`` is the last step of its type, such as ``footnotes`` or ``slide``."""

    kind: str
    target: str


class OfficePackage:
    """Raises ``ProcessingFailed``: ``corrupt``, ``too_large`` or ``too_complex``."""

    def __init__(self, data: bytes | mmap.mmap) -> None:
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
            raise failure("corrupt") from error
        members = self._zip.infolist()
        xml = sum(member.file_size for member in members if member.filename.lower().endswith(_XML_SUFFIXES))
        if xml > MAX_XML_BYTES or len(members) > MAX_PARTS:
            raise failure("too_large")
        self._names = {member.filename.replace("\\", "/").lstrip("/").lower(): member for member in members}
        self._left = MAX_XML_BYTES

    def main_part(self) -> str | None:
        """The name of the part that the others hang on."""
        named = [relation.target for relation in self.relations("").values() if relation.kind == "officeDocument"]
        return next((name for name in (*named, *_MAIN_PARTS) if name.lower() in self._names), None)

    def relations(self, part: str) -> dict[str, Relation]:
        """By id; of the package itself for an empty ``part``. What lies outside of the package is left out."""
        folder, name = posixpath.split(part)
        root = self.xml(posixpath.join(folder, "_rels", f"{name}.rels"))
        if root is None:
            return {}
        return {
            entry.get("Id", ""): Relation(
                entry.get("Type", "").rpartition("/")[2],
                posixpath.normpath(posixpath.join("/", folder, unquote(entry.get("Target", "")))).lstrip("/"),
            )
            for entry in root.iter("{*}Relationship")
            if entry.get("TargetMode") != "External"
        }

    def xml(self, part: str) -> Element | None:
        """The root of a part; None where there is no such part. Entities stay unexpanded, nothing outside is read."""
        member = self._names.get(part.lower())
        if member is None:
            return None
        data = _STRICT.sub(rb"http://schemas.openxmlformats.org/\1/2006/", self._inflated(member))
        if data.count(b"<") + data.count(b"=") > 2 * MAX_ELEMENTS:
            raise failure("too_complex")
        try:
            return etree.fromstring(data, _parser())
        except etree.XMLSyntaxError as error:
            raise failure("too_complex" if "limit" in str(error).lower() else "corrupt") from error

    def _inflated(self, member: zipfile.ZipInfo) -> bytes:
        """All bytes of a part; a part that is longer than it says is cut off and fails its checksum."""
        try:
            with self._zip.open(member) as stream:
                data = stream.read(self._left + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, ValueError) as error:
            raise failure("corrupt") from error
        self._left -= len(data)
        if self._left < 0:
            raise failure("too_large")
        return data


@lru_cache(maxsize=1)
def _parser() -> Any:
    return etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )


@lru_cache(maxsize=4096)
def _short(tag: str) -> str:
    namespace, _, name = tag[1:].rpartition("}")
    return f"{_NAMESPACES.get(namespace, '')}:{name}"


def tag_of(element: Element | None) -> str:
    """``w:p`` and the like; ``:name`` in a namespace that is not known here; nothing for an entity, or for nothing."""
    tag = element.tag if element is not None else None
    return _short(tag) if isinstance(tag, str) else ""


@lru_cache(maxsize=1024)
def long_name(short: str) -> str:
    prefix, _, name = short.partition(":")
    return next(f"{{{namespace}}}{name}" for namespace, known in _NAMESPACES.items() if known == prefix)


def child(element: Element | None, *path: str) -> Element | None:
    """Down along a path of short names, the first of each."""
    for step in path:
        if element is None:
            return None
        element = element.find(long_name(step))
    return element


def attribute(element: Element | None, name: str) -> str | None:
    if element is None:
        return None
    value = element.get(long_name(name))
    return str(value) if value is not None else None


def text_of(element: Element | None) -> str:
    """An element's own text, around entities that nobody expands."""
    if element is None:
        return ""
    return "".join((element.text or "", *(inner.tail or "" for inner in element)))


def chosen(alternatives: Element) -> Element | None:
    """Of an ``mc:AlternateContent`` what the newest reader shows, so that nothing is read twice."""
    found = child(alternatives, "mc:Choice")
    return found if found is not None else child(alternatives, "mc:Fallback")
