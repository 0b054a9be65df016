"""A past that is kept is found again with everybody's credentials, and not made a second time."""

from pathlib import Path

import msgspec

from services.bench.past import kept_with_copies
from services.demo.party import Credentials, Login
from services.demo.seeding import World
from services.terminal import Terminal


def test_a_kept_past_is_found_again_and_not_made_anew(tmp_path: Path) -> None:
    world = World(
        org_ids={"B1": "org_1"},
        credentials={"B1": Credentials("cli_1", "secret")},
        logins={"B1": Login("b1@demo.example", "word")},
        plant_ids={"P01": "plt_1"},
    )
    (tmp_path / "past.world.json").write_bytes(msgspec.json.encode(world))
    assert kept_with_copies(tmp_path / "past", Terminal(as_json=True), 20_000) == world
    assert not (tmp_path / "past").exists()
