"""Founds the simulated world on an empty house by the platform's own handlers, and says who and what is in it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from services.demo.seed_workbooks import SeedPlant, plants_in
from services.embedded.founding import found_office
from services.embedded.house import House
from services.portal.domain.user import Duty
from services.portal.handlers import NewOrganisation, NewUser
from services.sim.life.doors import capacity_of
from shared.eventstore.handling import transact
from shared.kernel.clock import LOCAL_ZONE
from shared.kernel.event import Cause
from shared.kernel.principal import Principal, Role
from shared.web.permissions import permissions_of

_DATA = Path(__file__).with_name("world.yaml")
_PASSWORD = "a long walk by the lake"  # noqa: S105 - of fictional people in a world that ends with its seed


@dataclass(frozen=True, slots=True)
class Party:
    """An organisation and the person who acts for it."""

    code: str
    name: str
    district: str
    principal: Principal

    @property
    def org_id(self) -> str:
        return self.principal.org_id


@dataclass(frozen=True, slots=True)
class Plant:
    """A plant of *owner* with its line ids, in the order of its workbook."""

    plant_id: str
    owner: Party
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody in the world, by plain ids: outlives any house, so a crashed one can go on with it."""

    office: Party
    brands: tuple[Party, ...]
    plants: tuple[Plant, ...]

    @property
    def factories(self) -> tuple[Party, ...]:
        return tuple(one.owner for one in self.plants)

    def plant_of(self, line_id: str) -> Plant:
        return next(one for one in self.plants if line_id in one.lines)


@cache
def world_data() -> Mapping[str, Any]:
    data: Mapping[str, Any] = yaml.safe_load(_DATA.read_text("utf-8"))
    return data


def founded(house: House) -> Cast:
    """Found the world on the empty *house* at its clock's time: calendars begin on that day, papers count from it.

    Writes to portal and capacity and lets nothing flow: the caller brings the house to rest.
    """
    data = world_data()
    office = _office(house, data["office"])
    brands = tuple(_admitted(house, office, "buyer", row) for row in data["brands"])
    owners = {row["code"]: _admitted(house, office, "factory", row) for row in data["factories"]}
    plants = _plants(house.clock.now().astimezone(LOCAL_ZONE).date())
    return Cast(office, brands, tuple(_published(house, owners[code], seed) for code, seed in plants.items()))


def _office(house: House, row: Mapping[str, str]) -> Party:
    login = "office@sim.example"
    org_id = found_office(
        house.portal,
        name=row["name"],
        credit_code=row["credit_code"],
        district=row["district"],
        person="吴专员",
        login=login,
        password=_PASSWORD,
    )
    founder = house.portal.handlers.user_of_login(login)
    if founder is None:
        raise AssertionError(f"the office was founded without {login}")
    return Party(row["code"], row["name"], row["district"], _acting(Role.OFFICE, org_id, founder.user_id))


def _acting(role: Role, org_id: str, user_id: str) -> Principal:
    return Principal(org_id, role, user_id, permissions_of(role))


def _admitted(house: House, office: Party, kind: str, row: Mapping[str, str]) -> Party:
    portal, role = house.portal, Role(kind)
    organisation = NewOrganisation(
        portal.ids.new("org"),
        "buyer" if role is Role.BUYER else "factory",
        row["name"],
        row["credit_code"],
        row["district"],
    )
    person = NewUser(
        portal.ids.new("usr"),
        f"{row['code'].lower()}@sim.example",
        f"{row['name']}管理员",
        "",
        _PASSWORD,
        Duty.ADMINISTRATOR,
    )
    by = office.principal
    command = portal.handlers.sealed(person, organisation.org_id, by.subject, portal.clock.now())
    transact(portal.log, lambda: portal.handlers.admit(organisation, command, by.subject), _cause(house, by))
    return Party(row["code"], row["name"], row["district"], _acting(role, organisation.org_id, person.user_id))


def _cause(house: House, by: Principal) -> Cause:
    return Cause(correlation_id=house.ids.new("req"), org_id=by.org_id, subject=by.subject, at=house.clock.now())


def _published(house: House, owner: Party, seed: SeedPlant) -> Plant:
    """The plant is registered and its workbook imported, as the factory itself does it."""
    handlers, by, at = capacity_of(house).handlers, owner.principal, house.clock.now()
    log = capacity_of(house).log
    plant_id = transact(
        log,
        lambda: handlers.masters.register_plant(seed.code, seed.name, seed.district, demo=True, principal=by, at=at),
        _cause(house, by),
    ).result
    transact(log, lambda: handlers.workbooks.imported(plant_id, seed.book, by, at), _cause(house, by))
    plant = handlers.masters.plant(plant_id, by).state
    return Plant(plant_id, owner, tuple(plant.lines.values()))


def _plants(first: date) -> dict[str, SeedPlant]:
    """The plants of `world.yaml` with its days counted from *first*."""
    data = world_data()
    rows = [{**row, **dict(_dated(row, first))} for row in data["plants"]]
    period = {"from": first, "last_day": first + timedelta(days=data["days"])}
    return plants_in({**data, "period": period, "plants": rows})


def _dated(row: Mapping[str, Any], first: date) -> Iterator[tuple[str, Any]]:
    for papers in ("licences", "proofs"):
        yield (
            papers,
            [
                {
                    **one,
                    "from": first + timedelta(days=one["from"]),
                    "last_day": first + timedelta(days=one["last_day"]),
                }
                for one in row.get(papers, ())
            ],
        )
