"""What callers see of the catalogue: the schemas of products."""

from services.order.domain.catalogue import Option, Product
from shared.web.fields import BaseSchema, Choice, Flag, LanguageText, Many, Part, QuantityField, Text, Whole, codes_of


class ChoiceView(BaseSchema):
    code = Text()
    name = LanguageText()


class OptionView(BaseSchema):
    code = Text()
    name = LanguageText()
    kind = Choice(codes_of(Option, "kind"))
    required = Flag()
    default = Text(allow_none=True)
    choices = Many(Part(ChoiceView))


class RoutingStepView(BaseSchema):
    step = Text()
    name = LanguageText()
    capability = Text()
    includes_zh = Many(Text())
    includes_en = Many(Text())


class VariantView(BaseSchema):
    code = Text()
    name = LanguageText()
    usual_minimum = QuantityField()
    routing = Many(Part(RoutingStepView))
    materials = Many(Text())


class UnitView(BaseSchema):
    code = Text()
    name = LanguageText()
    base_units = Whole()


class ProductSummary(BaseSchema):
    id = Text()
    object = Choice(("product",))
    name = LanguageText()
    kind = Choice(codes_of(Product, "kind"))
    unit = Text()
    usual_minimum = QuantityField()
    lead_days_from = Whole()
    lead_days_to = Whole()


class ProductView(ProductSummary):
    pack = Text()
    pack_version = Text()
    licence_category = Text(allow_none=True)
    units = Many(Part(UnitView))
    options = Many(Part(OptionView))
    variants = Many(Part(VariantView))


class ProductsPage(BaseSchema):
    items = Many(Part(ProductSummary))
    next_cursor = Text(allow_none=True)
