"""Organisations over HTTP: who one is, who there is, and admission by the office."""

from typing import Any

from services.portal.api import schemas
from services.portal.api.showing import first_key, show_organisation, show_user
from services.portal.domain.user import Absent, Duty
from services.portal.handlers import NewOrganisation, NewUser
from services.portal.portal import Portal
from services.portal.projections.organisations import list_organisations
from services.portal.terms import terms
from shared.kernel.principal import Role
from shared.kernel.refusal import Refused
from shared.web.access import current_principal, permits
from shared.web.app import provided
from shared.web.cursors import page
from shared.web.etags import check_version
from shared.web.idempotency import Command, Outcome, perform
from shared.web.operations import Manner
from shared.web.refusals import WebWhy
from shared.web.routes import Answer, Routes

routes = Routes("organisations", description="Organisations 机构")


@routes.get("/me", operation_id="getMe", answer=schemas.MeView)
@permits("account:read")
def who_am_i() -> Answer:
    """Who the token speaks for, and what it may do."""
    portal, principal = provided(Portal), current_principal()
    organisation, _, _ = show_organisation(portal, principal, principal.org_id)
    user = portal.handlers.user(principal.subject).state
    name = "" if isinstance(user, Absent) else show_user(portal, principal, principal.subject)[0]["name"]
    return {
        "subject": principal.subject,
        "role": principal.role.value,
        "permissions": sorted(principal.permissions),
        "name": name,
        "organisation": organisation,
    }


@routes.get(
    "/organisations", operation_id="listOrganisations", query=schemas.OrganisationQuery, answer=schemas.OrganisationPage
)
@permits("account:read")
def organisations(query: dict[str, Any]) -> Answer:
    """Organisations: all of them for the office, one's own for everybody else."""
    portal = provided(Portal)
    portal.catch_up("organisations")
    rows = list_organisations(
        portal.log.views,
        current_principal(),
        kind=query["kind"],
        after=first_key(query),
        limit=query["limit"] + 1,
    )
    made = page(query, rows, lambda row: [row.org_id])
    made["items"] = [show_organisation(portal, current_principal(), row.org_id)[0] for row in made["items"]]
    return made


@routes.post(
    "/organisations",
    operation_id="admitOrganisation",
    body=schemas.OrganisationBody,
    answer=schemas.OrganisationView,
    status=201,
)
@permits("organisation:admit")
def admit(body: dict[str, Any]) -> Answer:
    """Admit an organisation to the programme, with its first administrator. An office is nominated so: a second person
    confirms it before anybody of it can sign in.
    """
    portal = provided(Portal)
    person = body.pop("administrator")

    def act(command: Command) -> None:
        new = NewOrganisation(org_id=command.resource, **body)
        user = NewUser(user_id=portal.ids.new("usr"), duty=Duty.ADMINISTRATOR, pointer="/administrator", **person)
        by = command.principal.subject
        portal.handlers.check_login_free(user)
        administrator = portal.handlers.sealed(user, new.org_id, by, command.cause.at)
        lapses_at = command.cause.at + terms().nomination_lasts_for
        portal.write(
            command,
            "organisation:admit",
            lambda: (
                portal.handlers.nominate(new, administrator, by, lapses_at)
                if new.kind == "office"
                else portal.handlers.admit(new, administrator, by)
            ),
        )

    def show(outcome: Outcome) -> Answer:
        return show_organisation(portal, current_principal(), outcome.resource)

    return perform(act, show, resource=portal.ids.new("org"), status=201)


@routes.post(
    "/organisations/<org_id>/confirmation",
    operation_id="confirmOrganisation",
    manner=Manner(needs_version=True),
    answer=schemas.OrganisationView,
)
@permits("organisation:admit")
def confirm(org_id: str) -> Answer:
    """Confirm, as a second person, an office organisation that another one nominated."""
    portal = provided(Portal)
    shown = show_organisation(portal, current_principal(), org_id)[0]

    def act(command: Command) -> None:
        check_version(command.expected_version, shown["version"])
        by, at = command.principal.subject, command.cause.at
        portal.write(command, "organisation:admit", lambda: portal.handlers.confirm(org_id, by, at))

    about = f"organisation-{org_id}"
    return perform(
        act,
        lambda outcome: show_organisation(portal, current_principal(), outcome.resource),
        resource=org_id,
        about=about,
    )


@routes.get("/organisations/<org_id>", operation_id="getOrganisation", answer=schemas.OrganisationView)
@permits("account:read")
def organisation(org_id: str) -> Answer:
    """One organisation: one's own, or any for the office."""
    principal = current_principal()
    if principal.role is not Role.OFFICE and not principal.owns(org_id):
        raise Refused(WebWhy.NOT_FOUND)
    return show_organisation(provided(Portal), principal, org_id)
