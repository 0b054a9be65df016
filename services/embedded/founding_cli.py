"""`found` and `renew-secrets`: what an operator does beside the API, on a data directory that is not being served."""

import sys
from pathlib import Path

import click

from services.embedded.cli import data_option, json_option
from services.terminal import EXIT_CODES_HELP, Exit, Terminal


@click.command(epilog=EXIT_CODES_HELP)
@data_option
@click.option("--name", required=True, help="Name of the office.")
@click.option("--credit-code", required=True, help="Its unified social credit code.")
@click.option("--district", required=True, help="Its district, six figures, such as 421200.")
@click.option("--person", required=True, help="Name of its first administrator.")
@click.option("--login", required=True, help="How that person signs in.")
@click.option(
    "--password",
    prompt=True,
    hide_input=True,
    confirmation_prompt=True,
    envvar="GONGFANG_FOUNDING_PASSWORD",
    help="Asked for on the terminal, or taken from GONGFANG_FOUNDING_PASSWORD.",
)
@json_option
def found(*, data: Path, as_json: bool, **office: str) -> None:
    """Found the programme office with its first administrator, once: everybody else is admitted by it."""
    from services.embedded.endings import named_endings
    from services.embedded.founding import found_office
    from services.embedded.running import opened
    from shared.kernel.refusal import Refused

    terminal = Terminal(as_json=as_json)
    with named_endings(), opened(data) as house:
        try:
            org_id = found_office(house.portal, **office)
        except Refused as no:
            words = no.why.words
            sys.stderr.write(
                f"{no.why.value}: {words.detail('en', dict(no.facts))}\n{words.detail('zh', dict(no.facts))}\n"
            )
            sys.exit(Exit.CHECK_FAILED)
    terminal.say(f"the office is founded: {office['name']} ({org_id}); sign in as [bold]{office['login']}[/]")
    terminal.result({"id": org_id, "login": office["login"]})


@click.command("renew-secrets", epilog=EXIT_CODES_HELP)
@data_option
@json_option
def renew_secrets(data: Path, as_json: bool) -> None:  # noqa: FBT001 - click passes flags so
    """Last resort where secrets are lost for good: every token ends, and logins, keyed with them, open nothing any more."""
    from services.embedded import kept_secrets
    from services.embedded.data_directory import DataDirectory
    from services.embedded.endings import named_endings
    from services.embedded.running import opened

    terminal = Terminal(as_json=as_json)
    with named_endings():
        directory = DataDirectory.open(data)
        kept_secrets.renew(data)
        directory.close()
        with opened(data) as house:
            revoked = [key.kid for key in house.portal.signing.published()]
            for kid in revoked:
                house.portal.signing.revoke(kid)
    terminal.say(
        f"new secrets stand in {data / kept_secrets.FILE_NAME}; revoked signing keys: {', '.join(revoked) or 'none'}"
    )
    terminal.result({"revoked": revoked})


@click.command("accept-state", epilog=EXIT_CODES_HELP)
@data_option
@click.option("--yes", is_flag=True, help="Accept it; without, it is only shown.")
@json_option
def accept_state(*, data: Path, yes: bool, as_json: bool) -> None:
    """Show where logs, claims or clock are not as they were left, and let that stand from now on."""
    from services.embedded import witnesses
    from services.embedded.endings import named_endings
    from services.embedded.running import opened

    terminal = Terminal(as_json=as_json)
    with named_endings(), opened(data) as house:
        found = list(witnesses.checks(house))
        if yes:
            witnesses.forget(house)
    end = terminal.checks("accept-state", found)
    sys.exit(Exit.DONE if yes else end)
