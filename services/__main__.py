"""`python -m services`: serve, seed, tell the demo stories, look after, simulate and measure the whole platform."""

import importlib

import click

from services.terminal import EXIT_CODES_HELP

_COMMANDS = {  # name -> (module, attribute); imported only when asked for, so that --help is instant
    "serve": ("services.embedded.cli", "serve"),
    "demo": ("services.demo.cli", "demo"),
    "seed": ("services.demo.cli", "seed"),
    "found": ("services.embedded.founding_cli", "found"),
    "doctor": ("services.embedded.cli", "doctor"),
    "verify": ("services.embedded.cli", "verify"),
    "backup": ("services.embedded.backup_cli", "backup"),
    "verify-backup": ("services.embedded.backup_cli", "verify_backup"),
    "restore": ("services.embedded.backup_cli", "restore"),
    "recover": ("services.embedded.recovery_cli", "recover"),
    "parked": ("services.embedded.parked_cli", "parked"),
    "accept-state": ("services.embedded.founding_cli", "accept_state"),
    "renew-secrets": ("services.embedded.founding_cli", "renew_secrets"),
    "sim": ("services.sim.cli", "sim"),
    "bench": ("services.bench.cli", "bench"),
}


class LazyCommands(click.Group):
    """A command group that imports a command when it is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - same
        if cmd_name not in _COMMANDS:
            return None
        module, attribute = _COMMANDS[cmd_name]
        command = getattr(importlib.import_module(module), attribute)
        if not isinstance(command, click.Command):
            raise TypeError(f"expected {module}.{attribute} to be a command, found {type(command).__name__}")
        return command


@click.command(cls=LazyCommands, epilog=EXIT_CODES_HELP, context_settings={"max_content_width": 110})
def gongfang() -> None:
    """Gongfang 共坊: many plants, one factory, every hour accounted for."""


if __name__ == "__main__":
    gongfang(prog_name="python -m services")
