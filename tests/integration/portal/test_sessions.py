import re
from datetime import timedelta

import pytest
from werkzeug.test import TestResponse

from services.portal.attempts import FAMILIAR_FOR, PER_ACCOUNT_MAX, PER_ADDRESS_MAX, WINDOW
from services.portal.sessions import IDLE_FOR, LASTS_FOR
from shared.clock import StoryClock
from tests.support.accounts import PASSWORD, Accounts
from tests.support.web_client import Caller, problem

FORM = "application/x-www-form-urlencoded"
LOGIN = {"login": "brand-a", "password": PASSWORD}


def _cookie(answer: TestResponse) -> str:
    return answer.headers["Set-Cookie"].partition(";")[0]


def _held(answer: TestResponse) -> dict[str, str]:
    return {"Cookie": _cookie(answer), "X-CSRF-Token": answer.get_json()["csrf_token"]}


def test_a_session_gives_short_lived_tokens_for_the_api(nobody: Caller) -> None:
    signed_in = nobody.post("/session", LOGIN)
    flags = signed_in.headers["Set-Cookie"]
    assert "HttpOnly" in flags
    assert "SameSite=Lax" in flags
    assert "Path=/" in flags
    token = nobody.post("/session/token", headers=_held(signed_in)).get_json()
    assert token["expires_in"] <= 900
    me = nobody.get("/v1/me", headers={"Authorization": f"Bearer {token['access_token']}"})
    assert me.get_json()["organisation"]["name"] == "机构 brand-a"


def test_signing_in_renews_the_session_and_ends_the_one_before(nobody: Caller) -> None:
    first = nobody.post("/session", LOGIN)
    second = nobody.post("/session", LOGIN, headers={"Cookie": _cookie(first)})
    assert _cookie(first) != _cookie(second)
    problem(nobody.post("/session/token", headers=_held(first)), 401, "SESSION_ENDED")
    assert nobody.post("/session/token", headers=_held(second)).status_code == 200


def test_a_cookie_planted_before_signing_in_becomes_nobodys(nobody: Caller) -> None:
    planted = {"Cookie": "gongfang_session=planted"}
    signed_in = nobody.post("/session", LOGIN, headers=planted)
    assert "planted" not in _cookie(signed_in)
    problem(nobody.post("/session/token", headers=planted), 401, "SESSION_ENDED")


def test_signing_out_ends_the_session(nobody: Caller) -> None:
    signed_in = nobody.post("/session", LOGIN)
    gone = nobody.send("DELETE", "/session", headers=_held(signed_in))
    assert gone.status_code == 204
    assert "Max-Age=0" in gone.headers["Set-Cookie"]
    problem(nobody.post("/session/token", headers=_held(signed_in)), 401, "SESSION_ENDED")


def test_a_session_idles_out_and_ages_out(nobody: Caller, clock: StoryClock) -> None:
    idle = nobody.post("/session", LOGIN)
    clock.advance(IDLE_FOR)
    problem(nobody.post("/session/token", headers=_held(idle)), 401, "SESSION_ENDED")
    busy = nobody.post("/session", LOGIN)
    for _ in range(int(LASTS_FOR / IDLE_FOR * 2) - 1):
        clock.advance(IDLE_FOR / 2)
        assert nobody.post("/session/token", headers=_held(busy)).status_code == 200
    clock.advance(IDLE_FOR / 2)
    problem(nobody.post("/session/token", headers=_held(busy)), 401, "SESSION_ENDED")


def test_without_the_csrf_token_a_cookie_does_nothing(nobody: Caller) -> None:
    signed_in = nobody.post("/session", LOGIN)
    other = nobody.post("/session", LOGIN)
    for token in ({}, {"X-CSRF-Token": ""}, {"X-CSRF-Token": other.get_json()["csrf_token"]}):
        headers = {"Cookie": _cookie(signed_in), **token}
        problem(nobody.post("/session/token", headers=headers), 403, "FORGED_FORM")
        problem(nobody.send("DELETE", "/session", headers=headers), 403, "FORGED_FORM")


@pytest.mark.parametrize("login", ["brand-a", "nobody-here"])
def test_a_wrong_password_and_an_unknown_login_answer_alike(nobody: Caller, login: str) -> None:
    found = problem(nobody.post("/session", {"login": login, "password": "wrong password"}), 401, "SIGN_IN_REFUSED")
    assert found["detail"] == "登录名或密码不正确。"


def test_attempts_per_account_are_limited_even_for_the_right_password(nobody: Caller, clock: StoryClock) -> None:
    for _ in range(PER_ACCOUNT_MAX):
        problem(nobody.post("/session", {**LOGIN, "password": "wrong password"}), 401, "SIGN_IN_REFUSED")
    limited = nobody.post("/session", LOGIN)
    problem(limited, 429, "TOO_MANY_ATTEMPTS")
    assert 0 < int(limited.headers["Retry-After"]) <= WINDOW.total_seconds()
    assert nobody.post("/session", {"login": "brand-b", "password": PASSWORD}).status_code == 200, "others sign in"
    clock.advance(WINDOW + timedelta(seconds=1))
    assert nobody.post("/session", LOGIN).status_code == 200


def test_guesses_from_many_addresses_share_one_count(nobody: Caller) -> None:
    for number in range(PER_ACCOUNT_MAX):
        problem(_from(nobody, f"192.0.2.{number}", "wrong password"), 401, "SIGN_IN_REFUSED")
    problem(_from(nobody, "198.51.100.1"), 429, "TOO_MANY_ATTEMPTS")


def test_nobody_is_locked_out_of_the_place_where_they_work(nobody: Caller, clock: StoryClock) -> None:
    office, home = "192.0.2.1", "192.0.2.2"
    assert _from(nobody, office).status_code == 200
    for number in range(PER_ACCOUNT_MAX + 1):
        _from(nobody, f"198.51.100.{number}", "wrong password")
    assert _from(nobody, office).status_code == 200
    problem(_from(nobody, home), 429, "TOO_MANY_ATTEMPTS")
    for _ in range(PER_ACCOUNT_MAX):
        problem(_from(nobody, office, "wrong password"), 401, "SIGN_IN_REFUSED")
    problem(_from(nobody, office), 429, "TOO_MANY_ATTEMPTS")
    clock.advance(WINDOW)
    assert _from(nobody, home).status_code == 200


def test_an_address_is_a_strangers_again_after_a_month(nobody: Caller, clock: StoryClock) -> None:
    assert _from(nobody, "192.0.2.1").status_code == 200
    clock.advance(FAMILIAR_FOR + timedelta(seconds=1))
    for number in range(PER_ACCOUNT_MAX):
        _from(nobody, f"198.51.100.{number}", "wrong password")
    problem(_from(nobody, "192.0.2.1"), 429, "TOO_MANY_ATTEMPTS")


def test_an_address_beyond_its_own_count_spends_nobody_elses(nobody: Caller) -> None:
    """Else one address could close every account for everybody, the sixty-first attempt on."""
    for number in range(PER_ADDRESS_MAX):
        nobody.post("/session", {"login": f"user-{number}", "password": "wrong password"})
    for _ in range(PER_ACCOUNT_MAX):
        problem(nobody.post("/session", LOGIN), 429, "TOO_MANY_ATTEMPTS")
    assert _from(nobody, "192.0.2.7").status_code == 200


def _from(nobody: Caller, address: str, password: str = PASSWORD) -> TestResponse:
    return nobody.post("/session", {**LOGIN, "password": password}, environ_overrides={"REMOTE_ADDR": address})


def test_strangers_behind_the_same_address_close_no_account_that_was_signed_in_there(nobody: Caller) -> None:
    """One office, one proxy, one address: whoever spends its count closes it for strangers alone."""
    assert nobody.post("/session", LOGIN).status_code == 200
    for number in range(PER_ADDRESS_MAX + 4):
        nobody.post("/session", {"login": f"nobody-{number}", "password": "wrong-wrong-1"})
    problem(nobody.post("/session", {"login": "brand-b", "password": PASSWORD}), 429, "TOO_MANY_ATTEMPTS")
    assert nobody.post("/session", LOGIN).status_code == 200
    assert nobody.post("/session", {**LOGIN, "password": "wrong-wrong-1"}).status_code == 401


def test_a_cookie_is_secure_by_itself_when_the_request_came_over_tls(nobody: Caller) -> None:
    over_tls = {"base_url": "https://gongfang.example"}
    signed_in = nobody.post("/session", LOGIN, **over_tls)
    flags = signed_in.headers["Set-Cookie"]
    assert flags.startswith("__Host-gongfang=")
    assert "Secure" in flags
    assert signed_in.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert nobody.post("/session/token", headers=_held(signed_in), **over_tls).status_code == 200
    problem(nobody.post("/session/token", headers=_held(signed_in)), 401, "SESSION_ENDED")
    assert nobody.post("/session", LOGIN).headers["Set-Cookie"].startswith("gongfang_session=")


def test_attempts_per_address_are_limited_over_all_accounts(nobody: Caller) -> None:
    for number in range(PER_ADDRESS_MAX):
        answer = nobody.post("/session", {"login": f"user-{number}", "password": "wrong password"})
        problem(answer, 401, "SIGN_IN_REFUSED")
    problem(nobody.post("/session", LOGIN), 429, "TOO_MANY_ATTEMPTS")
    elsewhere = nobody.post("/session", LOGIN, environ_overrides={"REMOTE_ADDR": "192.0.2.7"})
    assert elsewhere.status_code == 200


def test_signing_in_often_with_the_right_password_is_no_offence(nobody: Caller) -> None:
    for _ in range(PER_ACCOUNT_MAX * 2):
        assert nobody.post("/session", LOGIN).status_code == 200


def _sign_in_by_form(nobody: Caller, headers: dict[str, str] | None = None, **more: str) -> TestResponse:
    return nobody.post("/sign-in", data={**LOGIN, **more}, content_type=FORM, headers=headers)


def test_the_form_of_the_start_page_signs_in_and_out(nobody: Caller) -> None:
    answer = _sign_in_by_form(nobody)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    page = nobody.get("/", headers={"Cookie": _cookie(answer)}).text
    assert "人 brand-a" in page
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found is not None
    out = nobody.post(
        "/sign-out",
        data={"csrf_token": found[1]},
        content_type=FORM,
        headers={"Cookie": _cookie(answer), "Origin": "http://localhost"},
    )
    assert out.status_code == 303
    assert "人 brand-a" not in nobody.get("/", headers={"Cookie": _cookie(answer)}).text


@pytest.mark.parametrize("token", [None, "", "of another session"])
def test_nobody_is_signed_out_by_a_form_without_the_sessions_own_token(nobody: Caller, token: str | None) -> None:
    signed_in = nobody.post("/session", LOGIN)
    if token:
        token = nobody.post("/session", LOGIN).get_json()["csrf_token"]
    data = {} if token is None else {"csrf_token": token}
    headers = {"Cookie": _cookie(signed_in), "Origin": "http://localhost"}
    answer = nobody.post("/sign-out", data=data, content_type=FORM, headers=headers)
    assert answer.status_code == 403
    assert "Set-Cookie" not in answer.headers
    assert nobody.post("/session/token", headers=_held(signed_in)).status_code == 200


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.test/",
        "//evil.test",
        "/\\evil.test",
        "\\\\evil.test",
        "javascript:alert(1)",
        "evil",
        "/\t/evil",
        "/a\r\nX: y",
    ],
)
def test_nobody_is_sent_elsewhere_after_signing_in(nobody: Caller, target: str) -> None:
    answer = _sign_in_by_form(nobody, next=target)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")


def test_a_path_of_ours_is_kept(nobody: Caller) -> None:
    assert _sign_in_by_form(nobody, next="/docs?lang=en").headers["Location"] == "/docs?lang=en"


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://evil.test"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}]
)
def test_a_foreign_page_cannot_sign_anybody_in(nobody: Caller, headers: dict[str, str]) -> None:
    answer = _sign_in_by_form(nobody, headers=headers)
    assert answer.status_code == 403
    assert "Set-Cookie" not in answer.headers


def test_a_failed_form_shows_the_page_again_with_what_went_wrong(nobody: Caller) -> None:
    answer = _sign_in_by_form(nobody, password="wrong password")
    assert answer.status_code == 401
    assert 'role="alert"' in answer.text
    assert "登录名或密码不正确" in answer.text
    english = _sign_in_by_form(nobody, {"Accept-Language": "en"}, password="wrong password")
    assert "The login or the password is not right." in english.text


def test_the_start_page_is_complete_in_both_languages_and_asks_nobody_else(programme: Accounts) -> None:
    nobody = programme.caller(None)
    zh, en = nobody.get("/").text, nobody.get("/?lang=en").text
    chinese = re.compile("[\u4e00-\u9fff]")
    for page in (zh, en):
        assert "http://" not in page
        assert "https://" not in page
        assert "<script" not in page
        assert " style=" not in page
        for call in ("/v1/orders", "/v1/offers", "/v1/utilization", "/docs"):
            assert call in page
    visible = re.sub(r"<[^>]+lang=\"zh-CN\"[^>]*>[^<]*<", "<", en)
    assert not chinese.search(re.sub(r"<[^>]+>", "", visible)), "English is complete"
    assert 'href="/docs?lang=en"' in en


def test_static_files_come_from_their_folder_only(nobody: Caller) -> None:
    style = nobody.get("/static/portal/portal.css", buffered=True)
    assert style.content_type.startswith("text/css")
    style.close()
    for path in ("../wiring.py", "%2e%2e/wiring.py", "..%2fwiring.py", "none.css"):
        problem(nobody.get(f"/static/portal/{path}"), 404, "NOT_FOUND")


def test_what_people_type_is_shown_as_text_not_run(programme: Accounts) -> None:
    body = {"login": "lily", "name": "<script>alert(1)</script>", "password": PASSWORD, "duty": "reader"}
    programme.caller(programme.principals["brand-a"]).post("/v1/users", body)
    nobody = programme.caller(None)
    signed_in = nobody.post("/session", {"login": "lily", "password": PASSWORD})
    page = nobody.get("/", headers={"Cookie": _cookie(signed_in)}).text
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
