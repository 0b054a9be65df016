"""Routes of the catalogue."""

from typing import Any

from services.order.api.asking import ProductsQuery
from services.order.api.catalogue_views import ProductsPage, ProductView
from services.order.api.doors import doors
from services.order.api.products_shown import product_shown, product_summary
from services.order.domain.refusals import Why
from shared.kernel.refusal import Refused
from shared.web.access import permits
from shared.web.cursors import after, page
from shared.web.routes import Answer, Routes

routes = Routes("products", description="What can be ordered")


@routes.get("/products", operation_id="listProducts", query=ProductsQuery, answer=ProductsPage)
@permits("catalogue:read")
def list_products(query: dict[str, Any]) -> Answer:
    """Products of all packs, by id."""
    behind = after(query)
    found = sorted(doors().catalogue.products.values(), key=lambda one: one.product_id)
    rows = [
        one
        for one in found
        if (query["kind"] is None or one.kind == query["kind"]) and (behind is None or one.product_id > behind[0])
    ]
    shown = [product_summary(one) for one in rows[: query["limit"] + 1]]
    return page(query, shown, lambda one: [one["id"]])


@routes.get("/products/<product_id>", operation_id="getProduct", answer=ProductView)
@permits("catalogue:read")
def read_product(product_id: str) -> Answer:
    """A product: options, units, routing outline, usual minimum and lead time."""
    product = doors().catalogue.products.get(product_id)
    if product is None:
        raise Refused(Why.UNKNOWN_PRODUCT)
    return product_shown(product)
