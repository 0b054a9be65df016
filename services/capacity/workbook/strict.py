"""Workbooks saved as "Strict Open XML": the same parts under the namespaces of ISO/IEC 29500 strict, which openpyxl does
not know. They are given the transitional names, and read like any other.
"""

import zipfile
from io import BytesIO

_MARK = b"http://purl.oclc.org/ooxml/"
_MAIN_PART = "xl/workbook.xml"
_NAMES = (
    (b"http://purl.oclc.org/ooxml/spreadsheetml/main", b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"),
    (
        b"http://purl.oclc.org/ooxml/officeDocument/",
        b"http://schemas.openxmlformats.org/officeDocument/2006/",
    ),
    (b"http://purl.oclc.org/ooxml/drawingml/", b"http://schemas.openxmlformats.org/drawingml/2006/"),
)


def transitional(content: bytes) -> bytes:
    """*content* itself, or the same workbook by transitional names if it is a strict one. Its archive was checked."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        if _MAIN_PART not in archive.namelist() or _MARK not in archive.read(_MAIN_PART):
            return content
        target = BytesIO()
        with zipfile.ZipFile(target, "w") as renamed:
            for part in archive.infolist():
                renamed.writestr(part.filename, _renamed(archive.read(part)))
    return target.getvalue()


def _renamed(part: bytes) -> bytes:
    for strict, usual in _NAMES:
        part = part.replace(strict, usual)
    return part
