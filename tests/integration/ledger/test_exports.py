"""Files for spreadsheets: whole, explained, harmless to open, and the same bytes for the same question."""

import csv
import io
from datetime import datetime

import pytest
from openpyxl import load_workbook

from services.ledger.api.tables import Sheet, as_csv, as_xlsx, neutral
from shared.contracts import line_time as facts
from shared.kernel.principal import Role
from tests.support.ledger_house import LedgerHouse, Shift, client
from tests.support.web_client import problem

PERIOD = "from=2026-12-01&to=2027-01-01"


@pytest.fixture(scope="module")
def house() -> LedgerHouse:
    """A line whose name would be a formula, had anybody let it."""
    told = LedgerHouse()
    shift = Shift()
    plant, line = shift.registered()
    assert isinstance(line, facts.LineRegistered)
    named = facts.LineRegistered(
        **shift.where, name='=HYPERLINK("http://x")', ideal_rates=line.ideal_rates, registered_at=line.registered_at
    )
    told.tell(plant, named, *shift.offered(), *shift.worked(client()))
    told.settle()
    return told


def exported(house: LedgerHouse, query: str) -> bytes:
    answer = house.caller(Role.OFFICE).get(f"/v1/exports?{PERIOD}&{query}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["X-Ledger-Size"] == str(len(house.raw))
    assert "attachment" in answer.headers["Content-Disposition"]
    return bytes(answer.data)


def test_a_csv_has_a_byte_order_mark_and_the_figures_of_the_api(house: LedgerHouse) -> None:
    raw = exported(house, "format=csv&by=line,day")
    assert raw.startswith(b"\xef\xbb\xbf")
    (row,) = csv.DictReader(io.StringIO(raw.decode("utf-8-sig")))
    assert row["line_id"] == "lin_1"
    assert row["day"] == "2026-12-01"
    assert row["AUBT 实际忙碌时间 (s)"] == str(4 * 3600)
    assert row["allocation_efficiency 产能利用率（分配效率）"] == "0.347826"
    assert row["GQ 合格数量（已放行）"] == "190000"


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_a_name_that_looks_like_a_formula_stays_text(house: LedgerHouse, file_format: str) -> None:
    raw = exported(house, f"format={file_format}&by=line")
    if file_format == "csv":
        assert "'=HYPERLINK" in raw.decode("utf-8-sig")
        return
    page = load_workbook(io.BytesIO(raw)).worksheets[0]
    cells = [cell for row in page.iter_rows() for cell in row]
    (name,) = [cell for cell in cells if isinstance(cell.value, str) and "HYPERLINK" in cell.value]
    assert name.data_type == "s"
    assert str(name.value).startswith("'=")
    assert name.hyperlink is None


def test_an_xlsx_explains_itself(house: LedgerHouse) -> None:
    book = load_workbook(io.BytesIO(exported(house, "format=xlsx&by=plant,month")))
    figures, formulas, about = book.worksheets
    assert [cell.value for cell in figures[2]][:3] == ["plt_1", "plt_1 示范厂", "2026-12"]
    assert "AUBT / PBT" in [cell.value for cell in formulas["E"]]
    stated = {row[0].value: row[1].value for row in about.iter_rows()}
    assert stated["台账条目数 entries"] == str(len(house.raw))
    assert stated["规则版本 rules: figures"] == "figures-2"
    assert stated["树根 root"] == house.get("/v1/tree")["root"]


def test_an_xlsx_holds_dates_as_dates_and_ratios_as_numbers(house: LedgerHouse) -> None:
    page = load_workbook(io.BytesIO(exported(house, "format=xlsx&by=line,day"))).worksheets[0]
    row = {str(head.value): cell for head, cell in zip(page[1], page[2], strict=True)}
    day, ratio = row["day"], row["allocation_efficiency 产能利用率（分配效率）"]
    assert (day.data_type, day.value, day.number_format) == ("d", datetime(2026, 12, 1), "yyyy-mm-dd")  # noqa: DTZ001 - a spreadsheet knows no zones
    assert (ratio.data_type, ratio.value, ratio.number_format) == ("n", 0.347826, "0.00%")
    assert row["AUBT 实际忙碌时间 (s)"].value == 4 * 3600


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_the_same_question_gives_the_same_bytes(house: LedgerHouse, file_format: str) -> None:
    size = len(house.raw)
    first = exported(house, f"format={file_format}&as_of={size}")
    assert exported(house, f"format={file_format}&as_of={size}") == first


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\t=1", "\r=1", "＝1"])
def test_text_that_begins_like_a_formula_is_neutralised_and_numbers_are_not(text: str) -> None:
    assert neutral(text) == f"'{text}"
    assert neutral(-5) == -5
    sheet = Sheet("x", ["a"], [[text], [-5]])
    assert f"'{text}".encode()[:2] in as_csv(sheet)
    assert as_xlsx([sheet]) == as_xlsx([sheet])


def test_a_bad_export_is_refused(house: LedgerHouse) -> None:
    office = house.caller(Role.OFFICE)
    problem(office.get(f"/v1/exports?{PERIOD}&format=pdf"), 422, "FIELDS_INVALID")
    problem(office.get("/v1/exports?from=2026-12-02&to=2026-12-01"), 422, "PERIOD_INVALID")
