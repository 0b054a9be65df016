"""Routes of the report of entrusted production: drafted from a drink order, signed by both sides."""

from typing import Any

from services.order.api.asking import SignBody
from services.order.api.doors import doors
from services.order.api.entrusted_views import EntrustedReportView
from services.order.api.products_shown import named
from services.order.domain.entrusted import stream_of
from services.order.handlers.entrusting import Seen
from shared.eventstore.handling import transact
from shared.kernel.clock import LOCAL_ZONE
from shared.kernel.units import Quantity
from shared.web.access import current_principal, permits
from shared.web.etags import etag
from shared.web.idempotency import Command, perform
from shared.web.routes import Answer, Routes

routes = Routes("entrusted production", description="Reports of entrusted production (委托生产)")


@routes.get(
    "/orders/<order_id>/entrusted-production-report",
    operation_id="getEntrustedProductionReport",
    answer=EntrustedReportView,
)
@permits("order:read", "offer:read")
def read_report(order_id: str) -> Answer:
    """The draft as the order stands now, and who has signed exactly that: a factory sees its own part and the buyer's
    signature, the buyer and the office see the whole.
    """
    return _show(order_id)


@routes.post(
    "/orders/<order_id>/entrusted-production-report/signatures",
    operation_id="signEntrustedProductionReport",
    body=SignBody,
    answer=EntrustedReportView,
)
@permits("order:accept", "offer:answer")
def sign_report(order_id: str, body: dict[str, Any]) -> Answer:
    """Sign what the report says now; a factory gives its licence number."""
    api = doors()

    def act(command: Command) -> None:
        transact(
            api.log,
            lambda: api.entrusting.sign(order_id, body["licence_number"], command.principal, command.cause.at),
            command.cause,
            command.marks,
        )

    return perform(act, lambda _: _show(order_id), resource=order_id, about=stream_of(order_id))


def _show(order_id: str) -> Answer:
    api = doors()
    found = api.entrusting.find(order_id, current_principal()).seen
    return _report_shown(found), None, etag(found.version) if found.version else {}


def _report_shown(found: Seen) -> dict[str, Any]:
    draft, rule = found.draft, doors().catalogue.entrusted
    first_on = min(one.from_at for one in draft.parts).astimezone(LOCAL_ZONE).date()
    return {
        "id": draft.report_id,
        "object": "entrusted_production_report",
        "order_id": draft.order_id,
        "state": "signed" if found.is_signed else "draft",
        "version": found.version,
        "rule": rule.rule,
        "is_due": first_on >= rule.from_on,
        "content_digest": draft.digest,
        "fields_of_form": [{"code": code, "name": named(name)} for code, name in rule.fields],
        "entrusting_org_id": draft.buyer_org_id,
        "parts": [
            {
                "factory_org_id": one.factory_org_id or None,
                "plant": one.plant_name,
                "district": one.district,
                "product": {"zh": one.product_zh, "en": one.product_en},
                "licence_category": one.licence_category,
                "quantity": Quantity(one.quantity, one.unit),
                "from_at": one.from_at,
                "to_at": one.to_at,
            }
            for one in draft.parts
        ],
        "signatures": [
            {
                "org_id": org_id,
                "party": one.party,
                "licence_number": one.licence_number or None,
                "signed_at": one.signed_at,
                "holds": org_id in found.holding,
            }
            for org_id, one in found.signatures.items()
        ],
    }
