"""What callers see of the catalogue: the schemas of products."""

from services.order.domain.catalogue import Option, Product
from shared.web.cursors import PageQuery
from shared.web.fields import BaseSchema, Choice, Flag, LanguageText, Many, Part, QuantityField, Text, Whole, codes_of


class DistrictsQuery(PageQuery):
    from_ = Text(data_key="from", attribute="from_", high=6, pattern=r"[0-9]{6}", load_default=None)


class DistrictView(BaseSchema):
    """*has_plants*: plants may be registered there. The road is from the place asked for; null when none was."""

    code = Text()
    object = Choice(["district"])
    name = LanguageText()
    level = Choice(("county", "prefecture"))
    has_plants = Flag()
    distance_km = Whole(allow_none=True)
    is_approximate = Flag(allow_none=True)


class DistrictsPage(BaseSchema):
    items = Many(Part(DistrictView))
    next_cursor = Text(allow_none=True)


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


class KeepingView(BaseSchema):
    """How finished goods keep. `wait_days_max`: at the plant, for the lorry to a window that was asked for;
    `days_left_min` of the shelf life are left when that window begins; `cold_bands`: °C on the way to the buyer.
    """

    wait_days_max = Whole()
    shelf_life_days = Whole(allow_none=True)
    days_left_min = Whole()
    cold_bands = Many(Text())


class ProductView(ProductSummary):
    pack = Text()
    pack_version = Text()
    licence_category = Text(allow_none=True)
    keeping = Part(KeepingView, allow_none=True)
    units = Many(Part(UnitView))
    options = Many(Part(OptionView))
    variants = Many(Part(VariantView))


class ProductsPage(BaseSchema):
    items = Many(Part(ProductSummary))
    next_cursor = Text(allow_none=True)
