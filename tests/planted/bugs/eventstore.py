"""Bugs of the event log: admission, the write combiner, kept states, digests, seals, and the runner of views."""

from tests.planted.bug import Bug, Harm

ADMISSION = "shared/eventstore/admission.py"
WRITING = "shared/eventstore/writing.py"
HANDLING = "shared/eventstore/handling.py"
PROJECTOR = "shared/eventstore/projector.py"
SEALING = "shared/eventstore/sealing.py"
READING = "shared/eventstore/reading.py"

APPENDING = "tests/contract/eventstore/test_appending.py"
MODEL = "tests/contract/eventstore/test_against_model.py"
CONCURRENCY = "tests/contract/eventstore/test_concurrency.py"
HANDLED = "tests/contract/eventstore/test_handling.py"
READ = "tests/contract/eventstore/test_reading.py"
PROJECTED = "tests/contract/eventstore/test_projecting.py"
SEALED = "tests/contract/eventstore/test_sealing.py"
SQLITE = "tests/unit/shared/eventstore/test_sqlite.py"
COMBINED = "tests/unit/shared/eventstore/test_combiner.py"
RUNNER = "tests/unit/shared/eventstore/test_projector.py"

BUGS = (
    Bug(
        "version-check-one-sided",
        Harm.LOSS,
        ADMISSION,
        "        if version != expected:",
        "        if version < expected:",
        "A decision on an old version is written over what came after it.",
        rules=(SQLITE,),
        assembled=(APPENDING, MODEL),
    ),
    Bug(
        "same-mark-admitted",
        Harm.TWICE,
        ADMISSION,
        "            if mark.mark <= found or mark.after not in (None, found):",
        "            if mark.mark < found or mark.after not in (None, found):",
        "A fact that was delivered twice takes effect twice.",
        assembled=(APPENDING, MODEL),
    ),
    Bug(
        "page-mark-unchecked",
        Harm.TWICE,
        ADMISSION,
        "            if mark.mark <= found or mark.after not in (None, found):",
        "            if mark.mark <= found:",
        "Two readers of one group apply overlapping pages: the overlap takes effect twice.",
        assembled=(APPENDING, "tests/contract/bus/test_delivery.py"),
    ),
    Bug(
        "claim-never-holds",
        Harm.TWICE,
        ADMISSION,
        "            if claim is not None and claim.expires_at > now:",
        "            if claim is not None and claim.expires_at < now:",
        "A command repeated with its key from another process acts again.",
        assembled=(APPENDING, MODEL),
    ),
    Bug(
        "claim-not-stored",
        Harm.TWICE,
        WRITING,
        "                self._cursor.execute(_UPSERT_CLAIM, (mark.scope, mark.key, mark.fingerprint, mark.answer, expires_us))",
        "                del expires_us",
        "The effect is written without its idempotency claim: a repeated command acts again.",
        assembled=(APPENDING, MODEL),
    ),
    Bug(
        "other-ids-taken-for-own",
        Harm.LOSS,
        ADMISSION,
        "        if [event_id for event_id, _ in places] != list(one.event_ids):",
        "        if len(places) != len(one.event_ids):",
        "A writer who lost the race is told that his events stand, when they are another's.",
        assembled=(APPENDING, MODEL),
    ),
    Bug(
        "loser-acknowledged",
        Harm.LOSS,
        WRITING,
        "                request.failure = refusal\n                continue",
        "                request.appended = Appended(self._position, {})\n                continue",
        "The write combiner tells a refused writer that his events were written.",
        rules=(SQLITE,),
        assembled=(APPENDING, CONCURRENCY),
    ),
    Bug(
        "loser-sinks-neighbours",
        Harm.STUCK,
        WRITING,
        "                request.failure = refusal\n                continue",
        "                raise",
        "One stale writer makes all who were committed together with him fail.",
        assembled=(CONCURRENCY,),
    ),
    Bug(
        "foreign-write-unnoticed",
        Harm.STUCK,
        WRITING,
        "        return bool(found != self._data_version)",
        "        return bool(found < self._data_version)",
        "Versions remembered from before another process wrote are believed for ever.",
        rules=(SQLITE,),
        assembled=("tests/fault/eventstore/test_processes.py",),
    ),
    Bug(
        "recorded-time-falls",
        Harm.WRONG,
        WRITING,
        "        recorded_us = max(round(now.timestamp() * 1_000_000), self._recorded_us)",
        "        recorded_us = round(now.timestamp() * 1_000_000)",
        "When the clock is set back, what the log knew at a time cannot be found any more.",
        assembled=(READ,),
    ),
    Bug(
        "tail-digest-unchecked",
        Harm.LOSS,
        WRITING,
        "        if not row_links(previous, last):",
        "        if len(rows) == 1 and not row_links(previous, last):",
        "A torn or altered last event is not noticed when the log opens, and more is written on top of it.",
        assembled=("tests/fault/eventstore/test_disk.py",),
    ),
    Bug(
        "digest-without-cause",
        Harm.WRONG,
        "shared/eventstore/codec.py",
        'f"{stream}{name}{type_name}".encode() + cause + data).digest()',
        'f"{stream}{name}{type_name}".encode() + data).digest()',
        "Who did it can be altered in the log without the digest noticing.",
        rules=("tests/unit/shared/eventstore/test_codec.py",),
    ),
    Bug(
        "stale-state-believed",
        Harm.WRONG,
        HANDLING,
        "    if kept is not None and guessed is not None:\n        guessed.add(stream)",
        "    if kept is not None:\n        if guessed is not None:\n            guessed.add(stream)",
        "A state kept in memory is not brought up to date after another process wrote to its stream.",
        assembled=(HANDLED,),
    ),
    Bug(
        "guess-not-checked",
        Harm.WRONG,
        HANDLING,
        "    return None if guessed else prepared",
        "    return prepared",
        "A decision that only read a stream stands although that stream had moved on meanwhile.",
        assembled=(HANDLED,),
    ),
    Bug(
        "version-as-of-exclusive",
        Harm.WRONG,
        READING,
        "WHERE stream = ? AND position <= ?",
        "WHERE stream = ? AND position < ?",
        "A state as of a position lacks the very event at that position.",
        assembled=(READ, MODEL),
    ),
    Bug(
        "position-as-of-exclusive",
        Harm.WRONG,
        READING,
        "        if driver.execute(_RECORDED, (middle,)).fetchone()[0] <= wanted:",
        "        if driver.execute(_RECORDED, (middle,)).fetchone()[0] < wanted:",
        "What was known at a time lacks what was recorded in that very instant.",
        assembled=(READ,),
    ),
    Bug(
        "seal-key-shared",
        Harm.LEAK,
        SEALING,
        "            key = self._chance(SecretBox.KEY_SIZE)",
        "            key = bytes(SecretBox.KEY_SIZE)",
        "All persons are sealed under one key: erasing one leaves him readable.",
        assembled=(SEALED,),
    ),
    Bug(
        "erased-key-left-on-disk",
        Harm.LEAK,
        SEALING,
        "        self._log.scrub()\n",
        "",
        "The key of an erased person can still be found in the database's files.",
        assembled=(SEALED,),
    ),
    Bug(
        "checkpoint-apart-from-page",
        Harm.TWICE,
        PROJECTOR,
        """            move_checkpoints(connection, moved)
""",
        """        with self._log.writing() as connection:
            move_checkpoints(connection, moved)
""",
        "A crash between a view's page and its checkpoint folds the page into the view twice.",
        rules=(RUNNER,),
    ),
    Bug(
        "rebuild-swapped-in-two-steps",
        Harm.TWICE,
        PROJECTOR,
        """                shadow.swap(connection, projection, copy)
                checkpoint = Checkpoint(position, projection.code_digest)
""",
        """                shadow.swap(connection, projection, copy)
            checkpoint = Checkpoint(position, projection.code_digest)
            with self._log.writing() as connection:
""",
        "A crash between a rebuilt view's tables and its checkpoint leaves the two apart.",
        rules=(RUNNER,),
    ),
    Bug(
        "stale-view-serves",
        Harm.WRONG,
        PROJECTOR,
        """        if self._checkpoints[name].digest != self._projections[name].code_digest:
            raise ViewStale(name)""",
        """        if not self._checkpoints[name].digest:
            raise ViewStale(name)""",
        "A view that older code folded is shown as if it were right.",
        assembled=(PROJECTED,),
    ),
    Bug(
        "failed-page-half-kept",
        Harm.TWICE,
        "shared/eventstore/folding.py",
        "        savepoint.rollback()\n        return failure",
        "        savepoint.commit()\n        return failure",
        "What a page had written before it failed stays, and is written again event by event.",
        assembled=(PROJECTED,),
    ),
)
