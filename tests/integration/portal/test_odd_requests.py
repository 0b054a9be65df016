from shared.kernel.principal import Role
from tests.support.accounts import Accounts
from tests.support.odd_requests import check_answers


def test_whatever_is_sent_to_the_portal_is_answered(programme: Accounts) -> None:
    brand = programme.principals["brand-a"]
    client = programme.caller(brand).post("/v1/api-clients", {"name": "ERP"}).get_json()["id"]
    known = {"org_id": brand.org_id, "user_id": brand.subject, "client_id": client}
    check_answers(programme.service.app, programme, [brand, programme.principals["office"]], known)
    assert brand.role is Role.BUYER
