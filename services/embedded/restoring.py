"""Looking a backup through, and making a house of it: a set that is mixed, stale or changed is refused by name.

A restored house begins a new epoch in every log: what came after the cut is lost to it, and whoever remembers a place
there (an ERP's cursor, an event stream) is told instead of served from another history.
"""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from services.embedded.backup import (
    BESIDE,
    LOGS,
    MANIFEST_NAME,
    BackupRefused,
    Manifest,
    described,
    digest_of,
    manifest_of,
)
from services.embedded.checks import stored
from services.embedded.house import House
from services.embedded.own_files import FOLDER_MODE, close_to_others, is_open_to_others, sync_folder
from services.embedded.recovery import rewind_ledger
from services.embedded.running import opened
from services.terminal import Check
from shared.eventstore.port import LogUnavailable


def looked_through(folder: Path) -> Iterator[Check]:
    """Every check of the backup in *folder*: its files first, then all that `verify` checks, on a copy.

    Raises BackupRefused where there is no backup; what cannot be trusted is not opened.
    """
    manifest = manifest_of(folder)
    sound = True
    for check in files(folder, manifest):
        sound = sound and check.passed
        yield check
    if not sound:
        return
    with tempfile.TemporaryDirectory(prefix="gongfang-backup-") as scratch:
        copied(folder, Path(scratch))
        with opened(Path(scratch)) as house:
            yield from stored(house)


def files(folder: Path, manifest: Manifest) -> Iterator[Check]:
    """Each file is the one that the manifest speaks of, and there is none besides."""
    for name, said in manifest.logs.items():
        title = f"{said.file} is the file of this backup"
        if not (folder / said.file).is_file():
            yield Check(title, passed=False, found="it is absent")
            continue
        try:
            there = described(folder, name)
        except LogUnavailable as failure:
            yield Check(title, passed=False, found=str(failure))
            continue
        yield Check(title, passed=there == said, found=_difference(there, said))
    for name, sha256 in manifest.files.items():
        path = folder / name
        found = digest_of(path) if path.is_file() else "absent"
        yield Check(f"{name} is the file of this backup", passed=found == sha256, found=f"SHA-256 {found[:16]}")
    known = {MANIFEST_NAME, *manifest.files, *(one.file for one in manifest.logs.values())}
    strangers = sorted(one.name for one in folder.iterdir() if one.name not in known)
    yield Check("nothing stands beside the files of this backup", not strangers, ", ".join(strangers) or "nothing")


def _difference(there: object, said: object) -> str:
    if there == said:
        head, digest = getattr(there, "head", 0), str(getattr(there, "digest", ""))
        return f"{head:,} events, digest {digest[:16]}…"
    fields = [
        one for one in ("log_id", "epoch", "head", "digest", "bytes", "sha256") if _of(there, one) != _of(said, one)
    ]
    told = ", ".join(f"{one} {_of(there, one)} instead of {_of(said, one)}" for one in fields)
    return f"it is of another backup, or was changed: {told}"


def _of(copy: object, field: str) -> str:
    return str(getattr(copy, field))[:16]


def copied(folder: Path, to: Path) -> None:
    """The backup's files, closed to others, and nothing else."""
    for name in [*(f"{one}.sqlite" for one in LOGS), *BESIDE]:
        if (folder / name).exists():
            shutil.copyfile(folder / name, to / name)
            if is_open_to_others(to / name):
                close_to_others(to / name)


def restore(folder: Path, data: Path) -> list[Check]:
    """Make *data*, which must be new or empty, the house of the backup in *folder*; the checks that it passed or failed.

    Nothing of it stays when a check fails. Raises BackupRefused, OSError.
    """
    if data.exists() and any(data.iterdir()):
        raise BackupRefused(f"{data} is not empty; a backup is restored into a new directory, never over another house")
    found = list(files(folder, manifest_of(folder)))
    if not all(one.passed for one in found):
        return found
    data.mkdir(parents=True, exist_ok=True, mode=FOLDER_MODE)
    try:
        copied(folder, data)
        with opened(data) as house:
            begin_anew(house)
            found += stored(house)
    except BaseException:
        shutil.rmtree(data, ignore_errors=True)
        raise
    if not all(one.passed for one in found):
        shutil.rmtree(data)
    else:
        sync_folder(data)
    return found


def begin_anew(house: House) -> None:
    """From here on every log tells a history of its own. What was on its way at the cut arrives first, in the old one."""
    house.step_to_rest()
    for service in house.services.values():
        if service.relay is not None:
            position = service.log.head().position
            number = service.relay.number_at(position)
            epoch = service.log.begin_epoch(position).epoch
            rewind_ledger(house, service.name, epoch, position, number)
    ledger = house.services["ledger"].log
    ledger.begin_epoch(ledger.head().position)
