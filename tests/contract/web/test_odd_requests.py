from flask import Flask

from shared.kernel.principal import Role
from tests.support.odd_requests import check_answers
from tests.support.web_client import Caller, Issuer, a_principal


def test_whatever_is_sent_is_answered(app: Flask, issuer: Issuer, buyer: Caller) -> None:
    note = buyer.post("/v1/notes", {"text": "hi"}).get_json()["id"]
    check_answers(app, issuer, [a_principal(Role.BUYER), a_principal(Role.OFFICE)], {"note_id": note})
