"""Whatever has happened to accounts: each action that is listed passes, each that is not is refused as its note says."""

import random
from dataclasses import replace
from datetime import timedelta
from typing import Any

from services.portal.domain.user import Duty
from services.portal.terms import terms
from shared.clock import StoryClock
from shared.kernel.principal import Principal, Role
from tests.support.accounts import PASSWORD, Accounts, a_credit_code, accounts
from tests.support.web_client import Caller

Json = dict[str, Any]
WALKS, STEPS = 8, 45
ROUTES = {
    "users": ("dismiss", "issue_access_code"),
    "api-clients": ("revoke",),
    "organisations": ("confirm",),
}
PATHS = {
    "dismiss": "dismissal",
    "issue_access_code": "access-code",
    "revoke": "revocation",
    "confirm": "confirmation",
}
BODIES: dict[str, Json | None] = {"dismiss": {}, "issue_access_code": {}, "revoke": None, "confirm": None}


class Walk:
    """Two offices and a brand with administrators, operators and programs, a die and a clock."""

    def __init__(self, seed: int, clock: StoryClock) -> None:
        self.chance, self.clock, self.count = random.Random(seed), clock, 0
        self.programme: Accounts = accounts(clock)
        self.people: list[Principal] = []
        self.programs: list[Principal] = []
        for role, login in ((Role.OFFICE, "office"), (Role.BUYER, "brand-a"), (Role.FACTORY, "plant-a")):
            head = self.programme.admit(role, login)
            self.people.append(head)
            duties = (Duty.ADMINISTRATOR, Duty.OPERATOR, *(Duty.ADMINISTRATOR,) * (2 if role is Role.OFFICE else 0))
            for number, duty in enumerate(duties):
                made = self.programme.register(head, f"{login}.{number}", duty)
                self.people.append(self.programme.service.portal.sign_in.principal_of(made["id"]))
        self.tried: dict[tuple[str, bool], int] = {}

    def caller(self) -> Caller:
        """Somebody who may still be somebody; now and then by a token narrowed to what is read."""
        someone = self.chance.choice(self.programs if self.programs and self.chance.random() < 0.2 else self.people)
        if self.chance.random() < 0.15:
            someone = replace(someone, permissions=someone.permissions & {"account:read", "user:manage"})
        return self.programme.caller(someone)

    def manager(self) -> Caller:
        """An administrator of the office, dismissed or not."""
        return self.programme.caller(self.chance.choice([one for one in self.people if one.role is Role.OFFICE]))

    def step(self) -> None:
        self.chance.choice((self.register_client, self.nominate, self.wait, self.act, self.act, self.act, self.act))()

    def register_client(self) -> None:
        self.count += 1
        made = self.manager().post("/v1/api-clients", {"name": f"erp {self.count}"})
        if made.status_code == 201:
            program, signing = made.get_json(), self.programme.service.portal.sign_in
            self.programs.append(signing.program(program["id"], program["client_secret"], None, "10.0.0.1"))

    def nominate(self) -> None:
        self.count += 1
        person = {"login": f"head.{self.chance.randrange(5)}", "name": "李二", "phone": "", "password": PASSWORD}
        body = {"kind": "office", "name": "专班二组", "district": "421202", "administrator": person}
        self.manager().post("/v1/organisations", {**body, "credit_code": a_credit_code(800 + self.count)})

    def wait(self) -> None:
        self.clock.advance(
            self.chance.choice((timedelta(hours=1), timedelta(hours=1), terms().nomination_lasts_for / 2))
        )

    def act(self) -> None:
        """Everything of one kind that the caller sees: an action that is not listed first, then one that is."""
        caller, kind = self.caller(), self.chance.choice(list(ROUTES))
        listed = caller.get(f"/v1/{kind}?limit=200")
        if listed.status_code != 200:
            assert listed.status_code in {401, 403}
            return
        items = listed.get_json()["items"]
        for one in {one["id"]: one for one in [*items[-1:], *self.chance.sample(items, min(2, len(items)))]}.values():
            self.try_all(caller, kind, one)

    def try_all(self, caller: Caller, kind: str, listed: Json) -> None:
        address = f"/v1/{kind}/{listed['id']}"
        shown: Json = caller.get(address).get_json()
        assert shown["actions"] == listed["actions"]
        notes = {one["action"]: one for one in shown["action_notes"]}
        assert shown["actions"] == [action for action, note in notes.items() if note["allowed"]]
        for action in ROUTES[kind]:
            if action not in shown["actions"]:
                self.refused(caller, address, action, notes.get(action), shown)
        action = self.chance.choice([*shown["actions"], None])
        if action in shown["actions"] and (action != "dismiss" or self.chance.random() < 0.2):
            answer = self.send(caller, address, action, shown)
            assert answer.status_code in {200, 201}, (action, shown, answer.text)
            self.count_tried(action, passed=True)

    def refused(self, caller: Caller, address: str, action: str, note: Json | None, shown: Json) -> None:
        """What is not listed changes nothing; a note beside it says why, no note means that it is not for the caller."""
        answer = self.send(caller, address, action, shown)
        expected = "PERMISSION_MISSING" if note is None else note["code"]
        assert answer.status_code in {403, 409}, (action, shown, answer.text)
        assert answer.get_json()["code"] == expected, (action, shown, answer.text)
        self.count_tried(action, passed=False)

    @staticmethod
    def send(caller: Caller, address: str, action: str, shown: Json) -> Any:
        version = {"If-Match": f'"v{shown["version"]}"'}
        return caller.post(f"{address}/{PATHS[action]}", BODIES[action], headers=version)

    def count_tried(self, action: str, *, passed: bool) -> None:
        self.tried[action, passed] = self.tried.get((action, passed), 0) + 1


def test_each_listed_action_passes_and_each_other_is_refused_as_noted(clock: StoryClock) -> None:
    tried: dict[tuple[str, bool], int] = {}
    for seed in range(WALKS):
        walk = Walk(seed, clock)
        for _ in range(STEPS):
            walk.step()
        for key, count in walk.tried.items():
            tried[key] = tried.get(key, 0) + count
    for actions in ROUTES.values():
        for action in actions:
            assert tried.get((action, True)), f"{action} never passed: {tried}"
            assert tried.get((action, False)), f"{action} was never refused: {tried}"


def test_a_nomination_says_until_when_it_can_be_confirmed_and_by_whom_not(clock: StoryClock) -> None:
    programme = accounts(clock)
    office = programme.admit(Role.OFFICE, "office")
    made = programme.register(office, "clerk", Duty.ADMINISTRATOR)
    clerk = programme.caller(programme.service.portal.sign_in.principal_of(made["id"]))
    person = {"login": "second", "name": "李二", "phone": "", "password": PASSWORD}
    body = {"kind": "office", "name": "专班二组", "district": "421202", "credit_code": a_credit_code(800)}
    mine = programme.caller(office).post("/v1/organisations", {**body, "administrator": person}).get_json()
    assert (mine["state"], mine["actions"]) == ("nominated", [])
    assert mine["action_notes"][0]["code"] == "SECOND_PERSON_NEEDED"
    theirs = clerk.get(f"/v1/organisations/{mine['id']}").get_json()
    assert theirs["actions"] == ["confirm"]
    assert theirs["action_notes"][0]["until"] == mine["confirm_by"]
