"""What the ledger's routes take and give, in the words of the API."""
# ruff: noqa: ARG002 - marshmallow calls deserialisers with more than these need

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from marshmallow import fields

from services.ledger.domain.accounts import Account, UnitAccount
from shared.web.answer_shapes import sometimes
from shared.web.cursors import PageQuery
from shared.web.fields import BaseSchema, Choice, Day, Flag, Id, Instant, Many, Part, Record, Spoken, Text, Whole

GROUPS_MAX = 200
SPANS_MAX = 1_000


class AsOf(Spoken, fields.Field[Any]):
    """How much of the ledger is asked: so many entries, or those recorded by an instant. Loads an int or a datetime."""

    openapi: Mapping[str, object] = {
        "anyOf": [{"type": "integer", "minimum": 0}, {"type": "string", "format": "date-time"}]
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.size, self.instant = Whole(from_text=True), Instant()

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> int | datetime:
        is_instant = isinstance(value, str) and "T" in value.upper()
        found: int | datetime = (self.instant if is_instant else self.size).deserialize(value)
        return found


class ScopedQuery(PageQuery):
    """Base: lines and production days [from, to) of a question, and the size of the ledger it is asked of."""

    first = Day(data_key="from", load_default=None)
    end = Day(data_key="to", load_default=None)
    line = Text(high=40, load_default=None)
    plant = Text(high=40, load_default=None)
    county = Text(high=6, pattern="[0-9]{6}", load_default=None)
    as_of = AsOf(load_default=None)


class UtilizationQuery(ScopedQuery):
    first = Day(data_key="from", required=True)
    end = Day(data_key="to", required=True)
    by = Text(high=60, load_default="line,day")


class ExportQuery(BaseSchema):
    """As for utilization, whole and in one file."""

    first = Day(data_key="from", required=True)
    end = Day(data_key="to", required=True)
    line = Text(high=40, load_default=None)
    plant = Text(high=40, load_default=None)
    county = Text(high=6, pattern="[0-9]{6}", load_default=None)
    as_of = AsOf(load_default=None)
    by = Text(high=60, load_default="line,day")
    format = Choice(["csv", "xlsx"], load_default="xlsx")


class EntriesQuery(ScopedQuery):
    """With *behind* (element codes) exactly the entries behind those figures; else those that name what is asked."""

    type = Text(high=80, load_default=None)
    order = Text(high=40, load_default=None)
    work = Text(high=40, load_default=None)
    behind = Text(high=300, load_default=None)
    format = Choice(["json", "csv"], load_default="json")


class TreeQuery(BaseSchema):
    size = Whole(from_text=True, load_default=None)


class AsOfQuery(BaseSchema):
    as_of = AsOf(load_default=None)


class FigureView(BaseSchema):
    """An exact whole number, and where its entries are."""

    value = Whole()
    unit = Text()
    events_url = Text()


class RatioView(BaseSchema):
    """num / den exactly; *value* with 6 decimals rounded half up, null with a *reason* when there is none."""

    num = Text()
    den = Text()
    value = Text(allow_none=True)
    reason = Text(allow_none=True)
    events_url = Text()


class QuantitiesView(BaseSchema):
    unit = Text()
    elements = Record(values=Part(FigureView))


class GroupView(BaseSchema):
    """*unfinished*: something that has begun on a line of the group, and will count when it ends, has not ended."""

    key = Record()
    unfinished = Flag()
    elements = Record(values=Part(FigureView))
    quantities = Many(Part(QuantitiesView))
    ideal_times = Record(values=Part(RatioView))
    clients = Part(FigureView)
    indicators = Record(values=Part(RatioView))


class OpenSpanView(BaseSchema):
    """What has begun and not ended: posted, and so counted, when it ends."""

    line_id = Id("lin")
    line_name = Text()
    kind = Choice(("setup", "run", "stoppage"))
    since = Instant()


class AsOfView(BaseSchema):
    """Base: the moment an answer is of. The office gets a number of entries, and the *root* of the tree over them; a
    factory an instant, because sizes and roots move with everybody's entries.
    """

    as_of = AsOf()
    root = Text(metadata=sometimes)


class UtilizationView(AsOfView):
    """Figures by group, as of a moment, made by the rules named."""

    rules = Record()
    open_spans = Many(Part(OpenSpanView), high=SPANS_MAX)
    items = Many(Part(GroupView), high=GROUPS_MAX)
    next_cursor = Text(allow_none=True)


class ElementView(BaseSchema):
    code = Text()
    unit = Text()
    zh = Text()
    en = Text()
    accounts = Many(Text())


class IndicatorView(BaseSchema):
    code = Text()
    zh = Text()
    en = Text()
    formula = Text()
    source = Text()
    headline = Flag()
    elements = Many(Text())


class LineStateView(BaseSchema):
    phase = Text()
    family = Text()
    account = Choice(["", *(one.value for one in Account)])  # "": no time of its own
    zh = Text()
    en = Text()


class RegistryView(BaseSchema):
    """Every figure's formula, source and rule version."""

    rules = Record()
    elements = Many(Part(ElementView))
    indicators = Many(Part(IndicatorView))
    line_states = Many(Part(LineStateView))


class EntryRowView(BaseSchema):
    """The office reads *index* and *sourceseq*; a factory the *number* of the entry among its own, from 1."""

    index = Whole(metadata=sometimes)
    number = Whole(metadata=sometimes)
    type = Text()
    source = Text()
    sourceseq = Whole(metadata=sometimes)
    time = Text()
    recorded_time = Text()
    leaf_hash = Text()
    subject = Text()
    about = Record()
    url = Text()


class EntryPage(AsOfView):
    items = Many(Part(EntryRowView))
    next_cursor = Text(allow_none=True)


class TimePostingView(BaseSchema):
    line_id = Text()
    day = Text()
    from_account = Choice([one.value for one in Account])
    from_client = Text()
    to_account = Choice([one.value for one in Account])
    to_client = Text()
    seconds = Whole()


class UnitPostingView(BaseSchema):
    work_id = Text()
    line_id = Text()
    day = Text()
    capability = Text()
    unit = Text()
    ideal_rate = Whole()
    from_account = Choice([one.value for one in UnitAccount])
    to_account = Choice([one.value for one in UnitAccount])
    quantity = Whole()


class PostingsView(BaseSchema):
    time = Many(Part(TimePostingView))
    units = Many(Part(UnitPostingView))


class EntryView(EntryRowView):
    """*leaf* and *body* are the exact bytes: SHA-256(0x00 || leaf) is the leaf hash, and *salt* with *body* opens `dh`.

    A factory gets neither *leaf* nor *salt*, and *body* without `fact`, the fact's place in its log.
    """

    leaf = Text(metadata=sometimes)
    body = Text()
    salt = Text(metadata=sometimes)
    postings = Part(PostingsView)


class TreeView(BaseSchema):
    size = Whole()
    root = Text()


class BalanceView(BaseSchema):
    line_id = Text()
    day = Text()
    account = Choice([one.value for one in Account])
    client = Text()
    seconds = Whole()


class BalancePage(AsOfView):
    items = Many(Part(BalanceView))
    next_cursor = Text(allow_none=True)


class MemberView(BaseSchema):
    """Who counts, by which admission, and where the busy time behind it is."""

    id = Text()
    kind = Text()
    name = Text()
    county = Text()
    since = Text()
    busy_seconds = Whole()
    admission_url = Text()


class CountView(BaseSchema):
    key = Text()
    count = Whole()


class TargetView(BaseSchema):
    code = Text()
    zh = Text()
    en = Text()
    place = Text()
    until = Text()
    least = Whole()
    most = Whole(allow_none=True)
    counted = Whole()
    is_reached = Flag()
    rule_zh = Text()
    rule_en = Text()
    by_county = Many(Part(CountView))
    by_month = Many(Part(CountView))
    members = Many(Part(MemberView))


class ProgrammeView(BaseSchema):
    as_of = Whole()
    root = Text()
    rules = Record()
    source = Text()
    targets = Many(Part(TargetView))
