"""Schemathesis over the whole API as buyer, factory and office: `python -m tests.fuzz.api_campaign --cases 20000`.

Each role gets a world of its own that has traded. Examples and coverage cases come first, then rounds of chance and of
steps that follow links, with new seeds, until the role has had its share of cases.
"""

import json
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import click
import schemathesis
import structlog
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema
from werkzeug.test import Client

from services.capacity.workbook.template import MEDIA_TYPE, write_workbook
from shared.kernel.principal import Role
from tests.fuzz.api_checks import CHECKS
from tests.fuzz.api_world import TriedHouse, told_of, tried_as
from tests.support.traded_house import a_traded_house
from tests.support.workbooks import a_book

ROLES = (Role.BUYER, Role.FACTORY, Role.OFFICE)
SYSTEMATIC = ("examples", "coverage")
BY_CHANCE = ("fuzzing", "stateful")
COVERAGE_FROM = 15_000  # the coverage phase alone makes some 18,000 cases for three roles
STEPS_MAX = 8
_TOLD_MAX = 20
_OFF = ("positive_data_acceptance", "ignored_auth")
"""Checks that do not fit: the form may fit while the rules of the trade refuse it; see `lets_in_by_token_only`."""


@dataclass(slots=True)
class Tally:
    """What one role's cases showed. *violations*: check and operation -> how the first case can be repeated."""

    by_operation: Counter[str] = field(default_factory=Counter)
    by_phase: Counter[str] = field(default_factory=Counter)
    statuses: Mapping[str, int] = field(default_factory=dict)
    violations: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def cases(self) -> int:
        return self.by_phase.total()

    def shown(self) -> dict[str, Any]:
        return {
            "cases": self.cases,
            "seconds": round(self.seconds, 1),
            "by_phase": dict(self.by_phase),
            "by_status": dict(sorted(self.statuses.items())),
            "by_operation": dict(sorted(self.by_operation.items())),
            "violations": self.violations,
        }


def settings(house: TriedHouse, phases: Sequence[str], examples: int, seed: int) -> SchemathesisConfig:
    """How Schemathesis is run: *examples* cases an operation, and as many runs through links as operations have."""
    generation = {"max-examples": examples, "database": "none", "no-shrink": True}
    stateful = {"max-steps": STEPS_MAX, "generation": {**generation, "max-examples": examples * 20}}
    chosen: dict[str, Any] = {name: {"enabled": name in phases} for name in (*SYSTEMATIC, *BY_CHANCE)}
    chosen["stateful"] |= stateful
    return SchemathesisConfig.from_dict(
        {
            "seed": seed,
            "headers": {"Authorization": f"Bearer {house.token}"},
            "continue-on-failure": True,
            "generation": generation,
            "phases": chosen,
            "checks": {**{name: {"enabled": False} for name in _OFF}, **{name: {"enabled": True} for name in CHECKS}},
        }
    )


def run(
    house: TriedHouse,
    phases: Sequence[str],
    *,
    examples: int,
    seed: int,
    tally: Tally,
    only: frozenset[str] | None = None,
) -> None:
    """Try the API of *house*; *only*: operations such as `GET /v1/orders`, all of them where None."""
    document = told_of(Client(house).get("/openapi.json").get_json(), house.traded, house.who)
    schema = schemathesis.openapi.from_dict(document, config=settings(house, phases, examples, seed))
    schema.app = house
    chosen = schema if only is None else schema.include(name=sorted(only))
    for event in from_schema(chosen).execute():
        if isinstance(event, events.ScenarioFinished):
            _count(event, tally)
        elif isinstance(event, (events.NonFatalError, events.FatalError)):
            where = getattr(event, "label", "")
            tally.violations.setdefault(f"error {where}", repr(getattr(event, "value", None) or event)[:600])


def _count(event: events.ScenarioFinished, tally: Tally) -> None:
    recorder = event.recorder
    tally.by_phase[event.phase.value] += len(recorder.cases)
    for case_id, node in recorder.cases.items():
        label = node.value.operation.label
        tally.by_operation[label] += 1
        for check in recorder.checks.get(case_id, ()):
            if check.failure_info is not None:
                answer = recorder.interactions[case_id].response
                said = (
                    "" if answer is None else f"-> {answer.status_code} {answer.content[:600].decode(errors='replace')}"
                )
                how = f"{check.failure_info.failure}\n{check.failure_info.code_sample}\n{said}"
                tally.violations.setdefault(f"{check.name} {label}", how)


def try_role(role: Role, cases: int, seed: int) -> Tally:
    """At least *cases* cases as *role*, over a world of its own."""
    tally = Tally()
    with a_traded_house() as traded:
        quiet()
        house = TriedHouse(traded, tried_as(traded, role))
        begun = time.monotonic()
        if cases * len(ROLES) >= COVERAGE_FROM:
            run(house, SYSTEMATIC, examples=1, seed=seed, tally=tally)
        examples, before = 2, -1
        while before < tally.cases < cases:
            before = tally.cases
            seed += 1
            run(house, BY_CHANCE, examples=examples, seed=seed, tally=tally)
            examples = min(examples * 2, 16)
        tally.seconds, tally.statuses = time.monotonic() - begun, house.statuses
    return tally


def quiet() -> None:
    """No log line a request: there are tens of thousands."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger("critical"))


@schemathesis.serializer(MEDIA_TYPE)
def _workbook(_context: schemathesis.SerializationContext, value: Any) -> bytes:
    """Half of the time a workbook that fits, else what was made, whatever that is."""
    raw = _raw(value)
    return write_workbook(a_book()) if len(raw) % 2 else raw


def _raw(value: Any) -> bytes:
    return value if isinstance(value, bytes) else json.dumps(value).encode()


def _tell(role: Role, tally: Tally) -> None:
    rate = tally.cases / tally.seconds
    print(f"{role.value}: {tally.cases} cases, {rate:.0f} a second, {len(tally.by_operation)} operations")
    print(f"  by phase {dict(tally.by_phase)}; by status {dict(sorted(tally.statuses.items()))}")
    for what, how in list(tally.violations.items())[:_TOLD_MAX]:
        print(f"VIOLATION {what}\n{how}\n")
    sys.stdout.flush()


@click.command()
@click.option("--cases", default=20_000, show_default=True, help="How many cases at least, over all roles.")
@click.option("--seed", default=1, show_default=True)
@click.option("--role", "roles", type=click.Choice([one.value for one in ROLES]), multiple=True, help="These alone.")
@click.option("--summary", type=click.File("w"), help="Where to write the summary as JSON.")
def main(cases: int, seed: int, roles: tuple[str, ...], summary: Any) -> None:
    """Try the API and end with 1 when any answer was not as it must be."""
    tallies: dict[str, Tally] = {}
    for role in (Role(one) for one in roles or [one.value for one in ROLES]):
        tally = tallies[role.value] = try_role(role, -(-cases // len(ROLES)), seed)
        _tell(role, tally)
    total = sum(one.cases for one in tallies.values())
    found = sum(len(one.violations) for one in tallies.values())
    print(f"{'operation':60} " + " ".join(f"{name:>8}" for name in tallies))
    for operation in sorted({name for one in tallies.values() for name in one.by_operation}):
        print(f"{operation:60} " + " ".join(f"{one.by_operation[operation]:8}" for one in tallies.values()))
    print(f"{total} cases, {found} kinds of violation, seed {seed}")
    if summary is not None:
        rows = {name: one.shown() for name, one in tallies.items()}
        json.dump({"seed": seed, "cases": total, "violations": found, "roles": rows}, summary, indent=1)
    sys.exit(1 if found or total < cases else 0)


if __name__ == "__main__":
    main()
