"""The zip file that a workbook is, before any parser sees it: bounded in bytes and parts, every part plain XML or none."""

import re
import zipfile
import zlib
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from io import BytesIO

from services.capacity.domain.refusals import Why
from shared.kernel.refusal import Refused

BYTES_MAX = 1_000_000
PARTS_MAX = 200
SHEETS_MAX = 40
UNPACKED_MAX = 8_000_000
PART_MAX = {"xl/styles.xml": 256_000, "xl/sharedstrings.xml": 2_000_000}  # measured: what a parser is slow with
PART_MAX_USUAL = 2_000_000
_MACROS = ("vbaproject.bin", "externallinks/", "activex/", "embeddings/")
_PACKED_AS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}  # the only two that the format allows
_DOCTYPES = tuple("<!DOCTYPE".encode(name) for name in ("ascii", "utf-16-le", "utf-16-be"))
_SHEET = re.compile(rb"<(?:[\w.-]+:)?sheet[\s/>]")  # in the list of sheets; each is looked into before they are counted
_DECLARED = re.compile(rb"(?:\xef\xbb\xbf)?<\?xml[^>]*?\sencoding\s*=\s*[\"']([^\"']*)[\"']")
_ENCODINGS = {b"utf-8", b"us-ascii"}


def check_archive(content: bytes) -> None:
    """Raises Refused WORKBOOK_TOO_LARGE, WORKBOOK_UNREADABLE."""
    bound("字节 / bytes", len(content), BYTES_MAX)
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            parts = archive.infolist()
            bound("文件部件 / parts", len(parts), PARTS_MAX)
            bound("解压后字节 / unpacked bytes", sum(one.file_size for one in parts), UNPACKED_MAX)
            for one in parts:
                _check_part(archive, one)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError, zlib.error) as error:
        raise Refused(Why.WORKBOOK_UNREADABLE) from error


def bound(what: str, found: int, highest: int) -> None:
    if found > highest:
        raise Refused(Why.WORKBOOK_TOO_LARGE, what=what, max=highest, found=found)


def _check_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """Not encrypted, no macros or links outside, and no document types, by which XML bombs are built.

    Every part is looked into, whatever its name: which parts are XML is said by the file itself, not by their names.
    """
    name = part.filename.lower()
    bound(f"{part.filename[:40]} 字节 / bytes", part.file_size, PART_MAX.get(name, PART_MAX_USUAL))
    if part.flag_bits & 1 or part.compress_type not in _PACKED_AS or any(one in name for one in _MACROS):
        raise Refused(Why.WORKBOOK_UNREADABLE)
    content = archive.read(part)
    if any(one in content for one in _DOCTYPES) or not _is_utf8_if_xml(content):
        raise Refused(Why.WORKBOOK_UNREADABLE)
    bound("工作表 / sheets", len(_SHEET.findall(content)), SHEETS_MAX)


def _is_utf8_if_xml(content: bytes) -> bool:
    """Whether a parser that takes *content* for XML would read it as UTF-8: only then have we read what it reads."""
    if content.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return False
    if b"\0" in content[:2] and content.lstrip(b"\0\t\r\n ").startswith(b"<"):
        return False  # UTF-16 without its mark; device settings of a printer begin with a name, not with <
    declared = _DECLARED.match(content)
    return declared is None or declared[1].lower() in _ENCODINGS
