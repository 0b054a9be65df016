"""`recover`: the stated way on after a log went back in time behind its readers."""

import sys
from pathlib import Path

import click

from services.embedded.cli import data_option, json_option
from services.terminal import EXIT_CODES_HELP, Exit, Terminal


@click.command(epilog=EXIT_CODES_HELP)
@data_option
@click.option("--dry-run", is_flag=True, help="Only say what would be given up; nothing is written.")
@json_option
def recover(data: Path, dry_run: bool, as_json: bool) -> None:  # noqa: FBT001 - click passes flags so
    """Let a house go on whose log went back in time: say by name what is lost, begin a new epoch, put readers back.

    Put back a backup of all logs together instead, wherever there is one: this is for when there is none.
    """
    from services.embedded.endings import named_endings
    from services.embedded.recorded_facts import by_subject
    from services.embedded.recovery import recover as recovered
    from services.embedded.running import opened

    terminal = Terminal(as_json=as_json)
    rows: list[dict[str, object]] = []
    with named_endings(), opened(data) as house:
        for one in recovered(house, acts=not dry_run):
            terminal.say(
                f"[bold]{one.log}[/]: its history stands up to position {one.position} (fact {one.number}); "
                f"epoch {one.epoch} {'would go' if dry_run else 'goes'} on behind it"
            )
            for refused in one.refused:
                terminal.say(f"  {refused}")
            terminal.say(f"  {len(one.lost)} facts are lost{':' if one.lost else ''}")
            for subject, types in by_subject(one.lost).items():
                terminal.say(f"    {subject}: {', '.join(types)}")
            if one.unsure:
                terminal.say(f"  {one.unsure} facts before that were not recorded: whether they were read is not known")
            for name, streams in one.touched.items():
                terminal.say(f"  {name} keeps what lost facts did to: {', '.join(streams)}")
            for parked in one.forgotten:
                terminal.say(f"  parked and forgotten: {parked.owner} {parked.type} {parked.key}")
            rows.append(
                {
                    "log": one.log,
                    "epoch": one.epoch,
                    "position": one.position,
                    "fact": one.number,
                    "refused": [str(refused) for refused in one.refused],
                    "lost": [{"fact": fact.id, "type": fact.type, "subject": fact.subject} for fact in one.lost],
                    "unsure": one.unsure,
                    "put_back": list(one.readers),
                    "touched": one.touched,
                    "forgotten": [f"{parked.owner} {parked.type} {parked.key}" for parked in one.forgotten],
                }
            )
    if not rows:
        terminal.say("every reader stands within its log: there is nothing to recover")
    terminal.result({"recovered": rows, "dry_run": dry_run})
    sys.exit(Exit.DONE)
