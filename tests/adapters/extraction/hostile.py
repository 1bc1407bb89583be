"""Makes hostile documents, as small as an attacker would make them; each function's name says what it is."""

import io
import struct
import zipfile
import zlib

import pypdfium2
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

MIB = 1 << 20
PASSWORD = "open sesame"

_FONT = b"/Resources << /Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> %s >>"


def deflated_spaces(mebibytes: int) -> bytes:
    """A zlib stream of that many MiB of spaces, made in no time: one block, which refers to no other, is repeated."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = packer.compress(b" " * MIB) + packer.flush(zlib.Z_FULL_FLUSH)
    size, space = mebibytes * MIB, ord(" ")
    checksum = ((size + space * size * (size + 1) // 2) % 65521) << 16 | (1 + space * size) % 65521
    return b"\x78\xda" + block * mebibytes + b"\x03\x00" + struct.pack(">I", checksum)


def pdf_of(content: bytes, *objects: bytes, resources: bytes = b"", filters: bytes = b"") -> bytes:
    """A PDF of one page with this content stream, and further objects from number 5 on."""
    every = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R %s >>" % (_FONT % resources),
        stream_of(content, filters),
        *objects,
    ]
    body = b"%PDF-1.4\n" + b"".join(b"%d 0 obj\n%s\nendobj\n" % item for item in enumerate(every, start=1))
    return body + b"trailer << /Root 1 0 R /Size %d >>\n%%%%EOF\n" % (len(every) + 1)


def stream_of(content: bytes, entries: bytes = b"") -> bytes:
    return b"<< %s /Length %d >>\nstream\n%s\nendstream" % (entries, len(content), content)


def pdf_that_inflates_to_2_gib() -> bytes:
    packed = zlib.compress(deflated_spaces(2048), 9)
    return pdf_of(packed, filters=b"/Filter [/FlateDecode /FlateDecode]")


def _nested_forms(depth: int, innermost: bytes) -> bytes:
    """Each form draws the next one ten times."""
    kind = b"/Type /XObject /Subtype /Form /BBox [0 0 600 800] "
    forms = [
        stream_of(b"/X Do " * 10, kind + _FONT % (b"/XObject << /X %d 0 R >>" % (level + 6))) for level in range(depth)
    ]
    last = stream_of(zlib.compress(innermost, 9), kind + b"/Filter /FlateDecode " + _FONT % b"")
    return pdf_of(b"/X Do", *forms, last, resources=b"/XObject << /X 5 0 R >>")


def pdf_of_a_billion_words() -> bytes:
    return _nested_forms(8, b"BT /F 9 Tf 50 500 Td " + b"(wave) Tj " * 10 + b"ET")


def pdf_that_takes_minutes_to_lay_out() -> bytes:
    """Ten thousand million operators that need no memory."""
    return _nested_forms(4, b"q Q " * 500_000)


def pdf_without_pages() -> bytes:
    buffer = io.BytesIO()
    pypdfium2.PdfDocument.new().save(buffer)
    return buffer.getvalue()


def pdf_of_an_image() -> bytes:
    picture = b"/XObject << /I 5 0 R >>"
    pixels = stream_of(
        bytes(range(256)),
        b"/Type /XObject /Subtype /Image /Width 16 /Height 16 /ColorSpace /DeviceGray /BitsPerComponent 8",
    )
    return pdf_of(b"600 0 0 800 0 0 cm /I Do", pixels, resources=picture)


def pdf_with_a_password() -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, encrypt=StandardEncryption(PASSWORD, strength=128))
    canvas.drawString(50, 700, "Waves carry energy without carrying any matter along.")
    canvas.save()
    return buffer.getvalue()


def good_pdf() -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer)
    canvas.drawString(50, 700, "Waves carry energy without carrying any matter along.")
    canvas.save()
    return buffer.getvalue()


def pdf_cut_off() -> bytes:
    return good_pdf()[:300]


def _docx(document: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        package.writestr("word/document.xml", document)
    return buffer.getvalue()


def _docx_of_packed(packed: bytes, size: int) -> bytes:
    """A DOCX whose text is packed already, and said to be ``size`` bytes long."""
    name = b"word/document.xml"
    sizes = struct.pack("<IIIHH", 0, len(packed), size, len(name), 0)
    local = b"PK\3\4" + struct.pack("<HHHHH", 20, 0, 8, 0, 33) + sizes + name + packed
    central = (
        b"PK\1\2" + struct.pack("<HHHHHH", 20, 20, 0, 8, 0, 33) + sizes + struct.pack("<HHHII", 0, 0, 0, 0, 0) + name
    )
    return local + central + b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(central), len(local), 0)


def docx_that_inflates_to_1_gib() -> bytes:
    return _docx_of_packed(deflated_spaces(1024)[2:-4], 1024 * MIB)


def docx_that_lies_about_its_size() -> bytes:
    return _docx_of_packed(deflated_spaces(1024)[2:-4], 4096)


def docx_of_a_billion_laughs() -> bytes:
    entities = b"".join(b"<!ENTITY l%d '%s'>" % (n, b"&l%d;" % (n - 1) * 10 if n else b"lol") for n in range(10))
    return _docx(
        b"<!DOCTYPE d ["
        + entities
        + b"]><w:document xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/2006/main'>"
        b"<w:body><w:p><w:r><w:t>&l9;</w:t></w:r></w:p></w:body></w:document>"
    )


def html_named_pdf() -> bytes:
    return b"<!DOCTYPE html><html><body><h1>Waves</h1><p>Waves carry energy.</p></body></html>"


def zip_of_nothing() -> bytes:
    return b"PK\5\6" + b"\0" * 18


def picture() -> bytes:
    return b"\x89PNG\r\n\x1a\n" + b"\0" * 200


def nothing() -> bytes:
    return b""
