"""`sight tools` and `sight doctor`: what programs may call, and what is here."""

from typing import Annotated

import typer

from sight.console import calm, new_console
from sight.exit_codes import FAILED, OK
from sight.options import Device, Dtype, Preset, Tools, Verbose

commands = typer.Typer()


@commands.command("tools")
def list_tools(
    tools: Tools = None,
    stubs: Annotated[bool, typer.Option("--stubs", help="As type stubs, which programs are checked against.")] = False,
) -> None:
    """Print the tools that programs may call, as the planner sees them."""
    from tools import vocabulary

    words = vocabulary(tools or ())
    typer.echo((words.stubs() if stubs else words.prompt()).rstrip("\n"))


@commands.command()
def doctor(preset: Preset = "embedded", device: Device = None, dtype: Dtype = None, verbose: Verbose = False) -> None:
    """Tell what is here, and what is missing.

    Python, device, memory, the sandbox, and which checkpoints of a preset are found.

    Exits with 0 if questions can be answered, else with 1.
    """
    from models.presets import Kit, load_preset

    kit = Kit(load_preset(preset), device, dtype)
    with calm(verbose):
        from agent.doctor import computer, extras, sandbox_test

        rows = computer(device, dtype)
        works, told = sandbox_test()
        states = kit.describe()
    from rich.table import Table

    console = new_console()
    facts = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    for name, value in [*rows, ("sandbox", told), *extras()]:
        facts.add_row(f"[bold]{name}[/]", value)
    console.print(facts)
    roles = Table(title=f"Preset {kit.preset.name}", title_justify="left", box=None, padding=(0, 2, 0, 0))
    for heading in ("", "role", "checkpoint", "licence", "memory"):
        roles.add_column(heading, overflow="fold")
    for state in states:
        memory = f"{state.memory_mb} MB" if state.memory_mb else ""
        roles.add_row(
            "[green]✓[/]" if state.found else "[red]✗[/]", state.role, state.checkpoint, state.licence, memory
        )
    console.print("", roles)
    missing = [state for state in states if not state.found]
    for state in missing:
        console.print(f"[red]✗[/] {state.role}: {state.detail}", soft_wrap=True)
    needed = sum(state.memory_mb or 0 for state in states)
    console.print(
        f"\n{len(states) - len(missing)} of {len(states)} checkpoints found; all loaded take about {needed} MB"
    )
    raise typer.Exit(OK if not missing and works else FAILED)
