"""What the portal's API takes and gives."""

from services.portal.domain.credit_code import LENGTH
from services.portal.domain.user import Duty
from services.portal.passwords import LENGTH_MAX
from shared.web.actions import ActionNoteView
from shared.web.answer_shapes import sometimes
from shared.web.cursors import PageQuery
from shared.web.fields import BaseSchema, Choice, Id, Instant, Many, Part, Text, Whole

KINDS = ("buyer", "factory", "office")
LOGIN = r"[A-Za-z0-9][A-Za-z0-9._@+-]{2,63}"
PERMISSION = r"[a-z-]{2,30}:[a-z-]{2,30}"


class AdministratorBody(BaseSchema):
    login = Text(required=True, high=64, pattern=LOGIN)
    name = Text(required=True, high=80)
    phone = Text(high=30, low=0, load_default="", pattern=r"[0-9+ ()-]*")
    password = Text(required=True, high=LENGTH_MAX, load_only=True)


class OrganisationBody(BaseSchema):
    kind = Choice(KINDS, required=True)
    name = Text(required=True, high=120)
    credit_code = Text(required=True, low=LENGTH, high=LENGTH)
    district = Text(required=True, high=10)
    administrator = Part(AdministratorBody, required=True)


class OrganisationView(BaseSchema):
    """*confirm_by*: until when a second person may confirm what *nominated_by* nominated; null once it is admitted."""

    id = Id("org")
    object = Choice(("organisation",))
    created_at = Instant()
    state = Choice(("admitted", "nominated", "lapsed"))
    version = Whole()
    kind = Choice(KINDS)
    name = Text()
    credit_code = Text()
    district = Text()
    nominated_by = Text(allow_none=True)
    confirm_by = Instant(allow_none=True)
    actions = Many(Choice(("confirm",)))
    action_notes = Many(Part(ActionNoteView))


class OrganisationQuery(PageQuery):
    kind = Choice(KINDS, load_default=None)


class OrganisationPage(BaseSchema):
    items = Many(Part(OrganisationView))
    next_cursor = Text(allow_none=True)


class UserBody(AdministratorBody):
    duty = Choice([one.value for one in Duty], required=True)


class DismissalBody(BaseSchema):
    """*keep_clients*: API clients that the user registered and that go on; all others of this user's are revoked."""

    keep_clients = Many(Id("cli"), load_default=list, high=200)


class AccessCodeBody(BaseSchema):
    grounds = Text(high=200, load_default="")


class AccessCodeIssuedView(BaseSchema):
    """A one-time code that was issued and not used."""

    issued_by = Text()
    grounds = Text()
    issued_at = Instant()
    good_until = Instant()


class AccessCodeView(BaseSchema):
    """*code* is there once, in the answer that issues it: `POST /session/recovery` takes it with a new password."""

    user_id = Id("usr")
    good_until = Instant()
    code = Text()


class RecoveryBody(BaseSchema):
    login = Text(required=True, high=64)
    code = Text(required=True, high=40, load_only=True)
    password = Text(required=True, high=LENGTH_MAX, load_only=True)


class RecoveryView(BaseSchema):
    user_id = Id("usr")


class UserView(BaseSchema):
    id = Id("usr")
    object = Choice(("user",))
    created_at = Instant()
    state = Choice(("active", "dismissed"))
    version = Whole()
    org_id = Id("org")
    duty = Choice([one.value for one in Duty])
    login = Text()
    name = Text()
    phone = Text()
    access_code = Part(AccessCodeIssuedView, allow_none=True)
    actions = Many(Choice(("dismiss", "issue_access_code")))
    action_notes = Many(Part(ActionNoteView))


class UserPage(BaseSchema):
    items = Many(Part(UserView))
    next_cursor = Text(allow_none=True)


class PasswordBody(BaseSchema):
    present_password = Text(required=True, high=LENGTH_MAX, load_only=True)
    password = Text(required=True, high=LENGTH_MAX, load_only=True)


class ClientBody(BaseSchema):
    name = Text(required=True, high=80)
    scopes = Many(Text(pattern=PERMISSION, high=61), load_default=None)


class ClientView(BaseSchema):
    """`client_secret` is there once, in the answer that registers the client. `registered_by`: who has seen it."""

    id = Id("cli")
    object = Choice(("api_client",))
    created_at = Instant()
    state = Choice(("active", "revoked"))
    version = Whole()
    org_id = Id("org")
    name = Text()
    scopes = Many(Text())
    registered_by = Text()
    actions = Many(Choice(("revoke",)))
    action_notes = Many(Part(ActionNoteView))
    client_secret = Text(metadata=sometimes)


class ClientPage(BaseSchema):
    items = Many(Part(ClientView))
    next_cursor = Text(allow_none=True)


class MeView(BaseSchema):
    subject = Text()
    role = Choice(KINDS)
    permissions = Many(Text())
    name = Text()
    organisation = Part(OrganisationView)


class TokenRequest(BaseSchema):
    grant_type = Choice(["client_credentials"], required=True)
    client_id = Text()
    client_secret = Text()
    scope = Text(high=2_000)


class KeyView(BaseSchema):
    """A public key of RFC 8037."""

    kty = Text()
    crv = Text()
    kid = Text()
    x = Text()
    use = Text()
    alg = Text()


class KeySetView(BaseSchema):
    """*revoked_subjects*: users and clients that lost everything in the last quarter of an hour."""

    keys = Many(Part(KeyView))
    revoked_subjects = Many(Text(high=40), high=10_000)


class TokenView(BaseSchema):
    access_token = Text()
    token_type = Choice(("Bearer",))
    expires_in = Whole()
    scope = Text()


class SessionBody(BaseSchema):
    login = Text(required=True, high=64)
    password = Text(required=True, high=LENGTH_MAX * 4, load_only=True)


class SessionView(BaseSchema):
    csrf_token = Text()
    user_id = Id("usr")
