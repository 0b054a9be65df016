"""Seeds the fictional world over the public API: organisations, people, API clients, then one workbook a plant."""

import secrets
from dataclasses import dataclass, field

from services.capacity.workbook.template import MEDIA_TYPE
from services.demo.party import Credentials, Json, Login, Party, Person
from services.demo.seed_workbooks import seed_plants
from services.demo.world import Organisation, organisations
from services.terminal import Terminal

PASSWORD_BYTES = 9


@dataclass(slots=True)
class World:
    """Who is who after seeding: by code, organisation ids, API credentials, plants; *logins* of those with a person."""

    org_ids: dict[str, str] = field(default_factory=dict)
    credentials: dict[str, Credentials] = field(default_factory=dict)
    logins: dict[str, Login] = field(default_factory=dict)
    plant_ids: dict[str, str] = field(default_factory=dict)

    def party(self, address: str, code: str) -> Party:
        return Party(address, organisations()[code].name.removesuffix("（演示）"), self.credentials[code])


def fresh_password() -> str:
    """A password for one fictional person, made by chance and shown once."""
    return f"gf-{secrets.token_urlsafe(PASSWORD_BYTES)}"


def seed_organisations(address: str, terminal: Terminal, office: Login, office_id: str) -> World:
    """Admit every organisation as the office, and register an API client for each as its own administrator."""
    world = World()
    rows = list(organisations().values())
    with terminal.progress("organisations", len(rows)) as advance:
        chief = Person(address, office)
        world.org_ids["OFFICE"], world.logins["OFFICE"] = office_id, office
        world.credentials["OFFICE"] = chief.register_client("office")
        advance()
        for row in rows[1:]:
            login = Login(row.login or f"{row.code.lower()}@demo.example", fresh_password())
            world.org_ids[row.code] = _admit(chief, row, login)["id"]
            person = Person(address, login)
            world.credentials[row.code] = person.register_client(f"{row.code} ERP")
            person.close()
            if row.login:
                world.logins[row.code] = login
            advance()
        chief.close()
    return world


def _admit(chief: Person, row: Organisation, login: Login) -> Json:
    administrator = {"login": login.login, "name": row.person or f"{row.code} 管理员", "password": login.password}
    return chief.post(
        "/v1/organisations",
        {
            "kind": row.kind,
            "name": row.name,
            "credit_code": row.credit_code,
            "district": row.district,
            "administrator": administrator,
        },
    )


def publish_plants(address: str, terminal: Terminal, world: World) -> None:
    """Each factory registers its plant and publishes lines, licences, calendars and prices by one workbook."""
    plants = seed_plants()
    with terminal.progress("plants", len(plants)) as advance:
        for code, seed in plants.items():
            party = world.party(address, code)
            plant = party.post("/v1/plants", {"code": code, "name": seed.name, "district": seed.district, "demo": True})
            world.plant_ids[code] = plant["id"]
            party.send_file(f"/v1/plants/{plant['id']}/workbook", seed.workbook, MEDIA_TYPE)
            party.close()
            advance()
