"""`proeftuin`: the shell's door, over the same actions and queries as HTTP."""

import json
import multiprocessing
import os
import signal
import socket
import sys
import threading
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
import uvicorn
from rich.console import Console
from sqlalchemy.exc import OperationalError

from matching import Policy, PolicyError
from service import demo as demo_run
from service import shell
from service.access import SHELL
from service.app import NotReadyToServe, create_app
from service.calendar import day_of
from service.calendar import today as office_today
from service.command_parts import (
    AsJson,
    AsOf,
    Language,
    Seed,
    busy,
    database,
    print_json,
    read_day,
    speak,
)
from service.database import migrate, now, open_database, reading
from service.errors import FieldFault, InvalidInput, ServiceError
from service.importing.actions import IMPORTERS, import_file
from service.logs import start_logs
from service.match_runs.worker import work
from service.reasoning.commands import add_commands
from service.settings import SAMPLES, settings

app = typer.Typer(
    help="Brings people with a distance to the labour market and supplier placements together.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
sample_app = typer.Typer(help="Make sample data.", no_args_is_help=True)
app.add_typer(sample_app, name="sample")

Groups = Annotated[
    Path | None, typer.Option(help="Who is in the groups that quotas count; kept for this run.")
]


def main() -> None:
    """Run the command line; an error that somebody can mend is told plainly, with exit code 1."""
    try:
        app()
    except ServiceError as error:
        _tell(error)
        sys.exit(1)
    except NotReadyToServe as error:
        _stop(str(error))
    except OperationalError:
        # Its text holds the address, and with it a password.
        _stop("The database cannot be reached. Look at PROEFTUIN_DATABASE_URL or PROEFTUIN_DATA.")


def _stop(why: str) -> NoReturn:
    Console(stderr=True).print(why, style="red", markup=False, highlight=False)
    sys.exit(1)


def _tell(error: ServiceError) -> None:
    if "--json" in sys.argv:
        problem = {"title": error.title, "detail": error.detail, "code": error.code}
        print(json.dumps({**problem, "errors": [fault.to_json() for fault in error.faults]}))
        return
    console = Console(stderr=True)
    console.print(error.detail, style="red", markup=False, highlight=False)
    for fault in error.faults:
        console.print(f"  {fault.sentence()}", markup=False, highlight=False)


def _refuse_taken(port: int) -> None:
    """Say that the port is in use, before anything else is begun."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise NotReadyToServe(
                f"Port {port} is in use. Try another: proeftuin serve --port {port + 1}"
            ) from None


@app.command()
def demo(
    language: Language = "en",
    seed: Seed = 2017,
    everything: Annotated[
        bool, typer.Option("--all", help="All reasons of everybody, not the first two.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show the twelve pilots of 2017: plan, reasons, who has no place yet, and the proof."""
    words = speak(language)
    with busy("Reading the twelve pilots and looking for a plan …", quiet=as_json):
        result = demo_run.run(settings().data, seed=seed)
    if as_json:
        print_json(demo_run.to_json(result, words))
    else:
        demo_run.show(result, words, Console(highlight=False), everything=everything, is_demo=True)


@app.command()
def serve(
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8000,
    today: Annotated[
        str | None, typer.Option(help="Another day than the sample plays on, as 2018-01-31.")
    ] = None,
) -> None:
    """Serve the API on this machine only, with a worker beside it and the sample to begin with."""
    if today is not None:
        # By the environment, so that the worker's process has the same day.
        os.environ["PROEFTUIN_TODAY"] = str(read_day(today, "--today"))
        settings.cache_clear()
    _refuse_taken(port)
    start_logs()
    with database() as engine:
        loaded = demo_run.load_if_empty(engine)
        stop = multiprocessing.get_context("spawn").Event()
        worker = multiprocessing.get_context("spawn").Process(
            target=_work, args=(stop,), daemon=True
        )
        worker.start()
        console = Console(stderr=True, highlight=False)
        console.print(f"proeftuin answers on http://127.0.0.1:{port}/v1/openapi.json")
        console.print(
            "Sample data, this machine only: there is no sign-in yet. Put no real person in it."
        )
        if loaded:
            console.print(
                "The twelve pilots of 2017 were loaded. The tutorial: docs/tutorial/first-match.md"
            )
        with reading(engine) as session:
            console.print(f"Today is {office_today(session)} here. Stop with Ctrl-C.")
        # A polite stop from outside ends like Ctrl-C, so that the worker is told too.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        try:
            uvicorn.run(
                create_app(engine),
                host="127.0.0.1",
                port=port,
                log_config=None,
                access_log=False,
                server_header=False,
            )
        finally:
            stop.set()
            worker.join(timeout=5)


def _work(stop: Any) -> None:
    """Work in a process of its own until told to stop."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    start_logs()
    engine = open_database(settings().database_address())
    ended = threading.Event()

    parent = multiprocessing.parent_process()

    def pass_on() -> None:
        # Also when the service was killed: a worker that nobody knows of helps nobody.
        while not stop.wait(1) and (parent is None or parent.is_alive()):
            pass
        ended.set()

    threading.Thread(target=pass_on, daemon=True).start()
    try:
        work(engine, stop=ended)
    finally:
        engine.dispose()


@app.command()
def worker() -> None:
    """
    Take queued match runs and solve them, until stopped; beside a service that runs elsewhere.
    """
    start_logs()
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    with database() as engine:
        work(engine, stop=ended)


@app.command("migrate")
def migrate_command() -> None:
    """Bring the schema of the database up to date."""
    engine = open_database(settings().database_address())
    migrate(engine)
    engine.dispose()


@app.command("import")
def import_command(
    kind: Annotated[str, typer.Argument(help=f"{', '.join(IMPORTERS)} or postcodes")],
    file: Annotated[
        Path, typer.Argument(help="A CSV or JSON file; for postcodes also NL.txt of GeoNames.")
    ],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Check everything, store nothing.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Import a file: all of it, or with a list of what to change."""
    kinds = (*IMPORTERS, "postcodes")
    if kind not in kinds:
        raise InvalidInput([FieldFault("kind", "cannot be imported", ", ".join(kinds))])
    with database() as engine, busy(f"Reading {file.name} …", quiet=as_json):
        count = import_file(engine, kind, file, by=SHELL, dry_run=dry_run)
    stored = 0 if dry_run else count
    if as_json:
        print_json({"kind": kind, "rows": count, "stored": stored, "dryRun": dry_run})
    elif dry_run:
        print(f"{count} {kind} can be imported as they are. Nothing was stored.")
    else:
        print(f"{count} {kind} imported.")


@app.command()
def match(
    candidates: Annotated[Path, typer.Argument(help="CSV or JSON.")],
    slots: Annotated[Path, typer.Argument(help="CSV or JSON.")],
    policy: Annotated[Path | None, typer.Option(help="A policy file (TOML).")] = None,
    out: Annotated[Path | None, typer.Option(help="Where to write the plan (JSON).")] = None,
    pilots: Annotated[
        Path | None,
        typer.Option(help="Pilots with cohorts; pilots.json beside SLOTS is found by itself."),
    ] = None,
    postcodes: Annotated[
        Path | None, typer.Option(help="Areas; postcodes.csv beside CANDIDATES is found by itself.")
    ] = None,
    coaches: Annotated[Path | None, typer.Option(help="Coaches who serve the pilots.")] = None,
    quotas: Annotated[Path | None, typer.Option(help="How many some slots may hold.")] = None,
    bonds: Annotated[Path | None, typer.Option(help="Who starts together or apart.")] = None,
    groups: Groups = None,
    as_of: AsOf = None,
    seed: Seed = 0,
    language: Language = "en",
    as_json: AsJson = False,
) -> None:
    """
    Match two files without a database. The same files, policy, day and seed give the same bytes.
    """
    words = speak(language)
    with busy("Looking for a plan …", quiet=as_json):
        answer = shell.match_files(
            candidates,
            slots,
            policy=_policy(policy),
            pilots=pilots,
            postcodes=postcodes,
            as_of=read_day(as_of) or day_of(now()),
            seed=seed,
            words=words,
            sides=shell.SideFiles(coaches, quotas, bonds, groups),
        )
    text = answer.model_dump_json(by_alias=True, indent=2) + "\n"
    if out is not None:
        _write(out, text)
    if as_json:
        sys.stdout.write(text)
    else:
        shell.show_answer(answer, Console(highlight=False), out)


def _write(out: Path, text: str) -> None:
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        why = (error.strerror or "cannot be written").lower()
        fault = FieldFault("--out", f"cannot be written: {why}", "a file in a folder that exists")
        raise InvalidInput([fault]) from None


def _policy(path: Path | None) -> Policy:
    try:
        return Policy.default() if path is None else Policy.load(path)
    except PolicyError as error:
        raise InvalidInput([FieldFault(error.field, error.message)]) from None


@app.command()
def suggest(
    code: Annotated[str, typer.Argument(help="Code of a candidate or of a slot.")],
    limit: Annotated[int, typer.Option(min=1, max=50)] = 5,
    as_of: AsOf = None,
    language: Language = "en",
    as_json: AsJson = False,
) -> None:
    """
    Suggest slots for a candidate, or people for a slot, with reasons and questions. Advice, no
    decision.
    """
    words = speak(language)
    with database() as engine:
        found = shell.suggest(engine, code, as_of=read_day(as_of), limit=limit, words=words)
    if as_json:
        print_json(found.model_dump(mode="json", by_alias=True))
    else:
        shell.show_suggestions(found, Console(highlight=False))


@app.command()
def plan(
    pilot: Annotated[list[str] | None, typer.Option(help="Only these pilots, by code.")] = None,
    policy: Annotated[Path | None, typer.Option(help="A policy file (TOML).")] = None,
    groups: Groups = None,
    as_of: AsOf = None,
    seed: Seed = 0,
    language: Language = "en",
    everything: Annotated[
        bool, typer.Option("--all", help="All reasons of everybody, not the first two.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """
    Run a batch over everybody who looks for a place, and show what it proposes. It decides nothing.
    """
    words = speak(language)
    with database() as engine, busy("Looking for a plan …", quiet=as_json):
        result = shell.plan(
            engine,
            pilots=pilot or None,
            policy=policy,
            as_of=read_day(as_of),
            seed=seed,
            groups=groups,
        )
    if as_json:
        print_json(demo_run.to_json(result, words))
    else:
        demo_run.show(result, words, Console(highlight=False), everything=everything, is_demo=False)


@app.command()
def explain(
    candidate: Annotated[str, typer.Argument(help="Code of a candidate.")],
    slot: Annotated[str, typer.Argument(help="Code of a slot.")],
    as_of: AsOf = None,
    language: Language = "en",
    as_json: AsJson = False,
) -> None:
    """
    Say all there is to say of one candidate and one slot: refusals, questions, points and facts.
    """
    words = speak(language)
    with database() as engine:
        pair = shell.explain_codes(engine, candidate, slot, as_of=read_day(as_of), words=words)
    if as_json:
        print_json(pair.model_dump(mode="json", by_alias=True))
    else:
        shell.show_pair(pair, Console(highlight=False))


@sample_app.command("region")
def sample_region(
    out: Annotated[Path, typer.Option(help="Folder to write to.")] = SAMPLES / "region",
    seed: Seed = 2017,
    candidates: Annotated[int, typer.Option(min=1, max=1_000_000)] = 2000,
    slots: Annotated[int, typer.Option(min=1, max=100_000)] = 200,
) -> None:
    """Make a region of invented people and places; the same seed gives the same bytes."""
    from service.region import make_region, write_region

    region = make_region(seed, candidates, slots)
    out.mkdir(parents=True, exist_ok=True)
    write_region(region, out)
    print(f"{candidates} candidates and {slots} slots written to {out}.")


add_commands(app)

if __name__ == "__main__":
    main()
