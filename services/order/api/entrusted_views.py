"""How a report of entrusted production is shown to its parties."""

from services.order.domain.entrusted import Signature
from shared.web.fields import (
    BaseSchema,
    Choice,
    Flag,
    Id,
    Instant,
    LanguageText,
    Many,
    Part,
    QuantityField,
    Text,
    Whole,
    codes_of,
)


class FieldView(BaseSchema):
    code = Text()
    name = LanguageText()


class EntrustedPartView(BaseSchema):
    factory_org_id = Text(allow_none=True)
    plant = Text()
    district = Text()
    product = LanguageText()
    licence_category = Text()
    quantity = QuantityField()
    from_at = Instant()
    to_at = Instant()


class SignatureView(BaseSchema):
    org_id = Text()
    party = Choice(codes_of(Signature, "party"))
    licence_number = Text(allow_none=True)
    signed_at = Instant()
    holds = Flag()


class EntrustedReportView(BaseSchema):
    id = Id("ent")
    object = Choice(("entrusted_production_report",))
    order_id = Id("ord")
    state = Choice(("draft", "signed"))
    version = Whole()
    rule = Text()
    is_due = Flag()
    content_digest = Text()
    fields_of_form = Many(Part(FieldView), data_key="fields")
    entrusting_org_id = Text()
    parts = Many(Part(EntrustedPartView))
    signatures = Many(Part(SignatureView))
