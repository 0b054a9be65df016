"""The start page: what this is, signing in and out, and where each role's API begins. Chinese first, complete in English."""

from pathlib import Path
from urllib.parse import urlsplit

from flask import Blueprint, Response, redirect, render_template, request, send_from_directory

from services.portal.cookies import current_session, put_cookie, session_cookie, take_cookie_away
from services.portal.domain.refusals import Why
from services.portal.domain.user import Active
from services.portal.pages.signposts import SIGNPOSTS
from services.portal.portal import Portal
from services.portal.sessions import check_csrf
from shared.kernel.refusal import Refused
from shared.web.access import public
from shared.web.app import provided
from shared.web.languages import language
from shared.web.problems import STATUS_OF

_ROOM = Path(__file__).resolve().parents[1]
_STATIC = _ROOM / "static"
pages = Blueprint("pages", __name__, template_folder=str(_ROOM / "templates"))
_FIELD_MAX = 512


@pages.get("/")
@public
def start() -> Response:
    return _start_page()


def _start_page(no: Refused | None = None) -> Response:
    portal = provided(Portal)
    session = current_session(portal)
    person = None if session is None else portal.handlers.user(session.user_id).state
    name, organisation = "", None
    if isinstance(person, Active):
        name = portal.handlers.opened(person.name_sealed)
        organisation = portal.handlers.organisation(person.org_id)
    tongue = language()
    html = render_template(
        "start.html",
        zh=tongue == "zh",
        other="en" if tongue == "zh" else "zh",
        chosen=request.args.get("lang") in {"zh", "en"},
        language=tongue,
        session=session,
        name=name,
        organisation=None if organisation is None else organisation.state,
        signposts=SIGNPOSTS,
        no=None if no is None else no.why.words.detail(tongue, dict(no.facts)),
    )
    status = 200 if no is None else STATUS_OF[no.why.words.kind]
    answer = Response(html, status=status, content_type="text/html; charset=utf-8")
    answer.headers.update({"Cache-Control": "no-store", "Content-Language": tongue})
    if status == 429 and no is not None:
        answer.headers["Retry-After"] = str(no.facts.get("seconds", 60))
    return answer


@pages.post("/sign-in")
@public
def sign_in() -> Response:
    """The form of the start page. Answers 303 to a page of ours, or the start page with what went wrong."""
    portal = provided(Portal)
    try:
        _check_same_origin()
        login, password = request.form.get("login", "")[:_FIELD_MAX], request.form.get("password", "")[:_FIELD_MAX]
        user = portal.sign_in.person(login, password, request.remote_addr or "")
    except Refused as no:
        return _start_page(no)
    session = portal.sessions.begin(user.user_id, portal.clock.now(), replaces=session_cookie(portal))
    answer = _go(request.form.get("next", ""))
    answer.headers.update(put_cookie(session, portal))
    return answer


@pages.post("/sign-out")
@public
def sign_out() -> Response:
    portal = provided(Portal)
    session = current_session(portal)
    answer = _go("")
    if session is not None:
        _check_same_origin()
        check_csrf(session, request.form.get("csrf_token"))
        portal.sessions.end(session.cookie)
        answer.headers.update(take_cookie_away(portal))
    return answer


@pages.get("/static/portal/<path:name>")
@public
def static_file(name: str) -> Response:
    answer = send_from_directory(_STATIC, name)
    answer.headers["Cache-Control"] = "public, max-age=3600"
    return answer


@pages.get("/favicon.ico")
@public
def favicon() -> Response:
    """Browsers ask for it on every page, the API's documents too."""
    return static_file("favicon.ico")


def _check_same_origin() -> None:
    """A browser says where a form came from; another origin's is refused before anything is looked at."""
    origin = request.headers.get("Origin")
    site = request.headers.get("Sec-Fetch-Site")
    if site in {"cross-site", "same-site"} or (origin is not None and urlsplit(origin).netloc != request.host):
        raise Refused(Why.FORGED_FORM)


def _go(target: str) -> Response:
    """303 to *target* when it is a path of this site, else to the start page: nobody is sent elsewhere from here."""
    local = target.startswith("/") and not target.startswith(("//", "/\\")) and target.isprintable()
    answer = redirect(target if local and "\\" not in target else "/", code=303)
    assert isinstance(answer, Response)  # noqa: S101 - flask's own redirect
    return answer
