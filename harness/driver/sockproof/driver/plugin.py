# SPDX-License-Identifier: MIT
"""The hooks. Each does one thing and leaves the doing to a noun of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Generator, Iterator

import pytest

from sockproof import exitstatus, house
from sockproof.driver import stacks
from sockproof.driver.caseitem import RUN, TICK, CaseFile, CaseItem
from sockproof.driver.display import Display
from sockproof.driver.exceptions import CaseFailed
from sockproof.driver.options import OPTIONS, Option
from sockproof.driver.reportdir import ReportInUse
from sockproof.driver.run import Run
from sockproof.driver.shard import deal
from sockproof.enginecall import EngineUnfit

# The status of the last session of this process, for the front door; None: it had no cases.
last_status: int | None = None
# Whether the session ended by a Ctrl-C.
interrupted = False
# The items whose outcome pytest and all its plugins have been told.
REPORTED: set[str] = set()


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    if pluginmanager.is_blocked("python"):  # by the front door: then nobody knows this setting
        parser.addini("python_files", "what cases are not", type="args")
    group = parser.getgroup("sockproof")
    free = not pluginmanager.hasplugin("xdist")
    for option in OPTIONS:
        add_option(group, option, ["-n"] if option.name == "workers" and free else [])


def add_option(group: Any, option: Option, short: list[str]) -> None:
    """Adds one option, with its short name if it has one; pytest keeps those in lower case to
    itself and its plugins, hence the private call. -n is pytest-xdist's where that is there."""
    settings: dict[str, Any] = {"dest": f"sockproof_{option.name}", "help": option.help}
    if option.parse is None:
        settings |= {"action": "store_true", "default": False}
    else:
        settings |= {"type": option.parse, "default": None, "metavar": option.wants,
                     "action": "append" if option.several else "store"}
    group._addoption(*short, option.flag, **settings)


def pytest_configure(config: pytest.Config) -> None:
    values = {option.name: config.getoption(f"sockproof_{option.name}") for option in OPTIONS}
    try:
        values["stack"] = stacks.resolve(values["stack"])
    except (stacks.StackUnknown, EngineUnfit) as error:
        raise pytest.UsageError(str(error)) from None
    config.args = stacks.on_each(config.args, values["stack"])
    config.stash[RUN] = Run(values, config.getoption("maxfail") or 0)
    display = Display(config)
    config.stash[TICK] = display.tick
    config.pluginmanager.register(display, "sockproof-display")


def is_case(path: Path, config: pytest.Config) -> bool:
    """Whether a YAML file or a script is to be taken for a case: below cases/, or below an argument
    that is not a folder which holds the whole house (fixtures are such files as well)."""
    if house.CASES in path.parents:
        return True
    given = [(config.invocation_params.dir / argument.partition("::")[0]).resolve()
             for argument in config.args]
    return any(house.ROOT != start and start not in house.ROOT.parents
               and (start == path or start in path.parents) for start in given)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> CaseFile | None:
    path = file_path.resolve()
    if path.suffix not in house.ENDINGS or not is_case(path, parent.config):
        return None
    file: CaseFile = CaseFile.from_parent(parent, path=path)
    return file


def case_paths(config: pytest.Config) -> list[Path]:
    """What of the command line can hold cases: files, folders with such files, and cases/ for
    whatever holds the whole house."""
    paths: list[Path] = []
    for argument in config.args:
        path = (config.invocation_params.dir / argument.partition("::")[0]).resolve()
        if path in house.CASES.parents:
            path = house.CASES
        outside = house.ROOT not in (path, *path.parents)
        inside = house.CASES in (path, *path.parents) or house.SCRIPTS in (path, *path.parents)
        if path.suffix in house.ENDINGS and path.is_file():
            paths.append(path)
        elif (outside or inside) and any(any(path.rglob(f"*{one}")) for one in house.ENDINGS):
            paths.append(path)
    return list(dict.fromkeys(paths))


def refuse_others_workers(config: pytest.Config) -> None:
    """Cases are the engine's to deal out; other tests may be dealt out by pytest-xdist. Raises
    UsageError."""
    if config.getoption("numprocesses", None) and case_paths(config):
        raise pytest.UsageError("the engine has workers of its own: leave pytest-xdist's -n out, "
                                "or say --workers")


def named_variants(config: pytest.Config) -> Iterator[tuple[Path, str]]:
    """The variants that the command line names, each with its case file."""
    for argument in config.args:
        path, _, name = argument.partition("::")
        file = (config.invocation_params.dir / path).resolve()
        if name and file.suffix in house.ENDINGS and is_case(file, config):
            yield file, name


@pytest.hookimpl(hookwrapper=True)
def pytest_collection(session: pytest.Session) -> Generator[None, Any, None]:
    refuse_others_workers(session.config)
    run = session.config.stash[RUN]
    listing = run.listing
    try:
        listing.ask(case_paths(session.config))
        for file, name in named_variants(session.config):
            if wrong := listing.lacks(file, name, run.stacks):
                raise pytest.UsageError(wrong)
    except EngineUnfit as error:
        raise pytest.UsageError(str(error)) from None
    note_interruption(session, (yield))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(session: pytest.Session, config: pytest.Config,
                                  items: list[pytest.Item]) -> None:
    """Keeps this machine's part of what -k, -m and the like have left."""
    run = config.stash[RUN]
    if not run.options["shard"]:
        return
    ids = [item.name for item in items if isinstance(item, CaseItem)]
    run.shard, kept = deal(ids, *run.options["shard"])
    others = [item for item in items if isinstance(item, CaseItem) and item.name not in kept]
    config.hook.pytest_deselected(items=others)
    items[:] = [item for item in items if item not in others]


def pytest_keyboard_interrupt(excinfo: pytest.ExceptionInfo[BaseException]) -> None:
    """An interrupt outside of what note_interruption() sees: while the engine is being started."""
    global interrupted
    interrupted = interrupted or not isinstance(excinfo.value, pytest.Session.Interrupted)


def note_interruption(session: pytest.Session, outcome: Any) -> None:
    """Remembers a Ctrl-C; pytest's own Session.Interrupted (--stepwise, errors of the
    collection) is a KeyboardInterrupt to Python and none to us."""
    if outcome.excinfo and issubclass(outcome.excinfo[0], KeyboardInterrupt):
        interrupted = not issubclass(outcome.excinfo[0], session.Interrupted)
        session.config.stash[RUN].interrupted |= interrupted


@pytest.hookimpl(hookwrapper=True)
def pytest_runtestloop(session: pytest.Session) -> Generator[None, Any, None]:
    run = session.config.stash[RUN]
    # Where pytest-xdist deals tests out, the one that deals them has none itself.
    items = [item for item in getattr(session, "items", []) if isinstance(item, CaseItem)]
    blocked = session.testsfailed and not session.config.option.continue_on_collection_errors
    if (items or run.empty_part) and not blocked and not session.config.option.collectonly:
        try:
            run.start({item.name: item.variant for item in items})
        except (ReportInUse, EngineUnfit) as error:
            raise pytest.UsageError(str(error)) from None
    outcome = yield
    note_interruption(session, outcome)
    run.finish()
    if run.ran:
        report_rest(session, items)


def report_rest(session: pytest.Session, items: list[CaseItem]) -> None:
    """Takes every item that pytest did not come to through its protocol, now that the engine
    has ended: with its verdict where there is one, else as not-run. None is ever absent."""
    session._setupstate.teardown_exact(None)
    for item in items:
        if item.nodeid not in REPORTED:
            item.ihook.pytest_runtest_protocol(item=item, nextitem=None)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item,
                              call: pytest.CallInfo[None]) -> Generator[None, Any, None]:
    outcome = yield
    if not isinstance(item, CaseItem):
        return
    report = outcome.get_result()
    judgement = item.run.judgements.get(item.name)
    report.sockproof = judgement.word if judgement else ""
    report.duration = judgement.seconds if judgement and call.when == "call" else 0.0
    error = call.excinfo.value if call.excinfo else None
    if isinstance(error, CaseFailed):
        # pytest asks an item for its own words in the call phase alone.
        report.longrepr = item.run.explanation(error.judgement)
    elif judgement and report.when == "call" and item.run.excused(judgement):
        report.longrepr = item.run.explanation(judgement)
    elif report.skipped and judgement and isinstance(report.longrepr, tuple):
        reason = judgement.line if judgement.word == "skip" else f"not run: {judgement.line}"
        report.longrepr = (str(item.path), item.location[1] or 0, reason)


@pytest.hookimpl(trylast=True)
def pytest_runtest_logreport(report: Any) -> None:
    final = report.when == "call" or (report.when == "setup" and not report.passed)
    if final and hasattr(report, "sockproof"):
        REPORTED.add(report.nodeid)


def is_ours(session: pytest.Session) -> bool:
    """Whether the session is about cases, so that its exit status is ours to give."""
    run = session.config.stash[RUN]
    start = session.config.invocation_params.dir
    given = [(start / argument.partition("::")[0]).resolve() for argument in session.config.args]
    return bool(run.ran or run.listing.asked
                or any(house.CASES in (path, *path.parents) for path in given))


def mapped(session: pytest.Session, status: int) -> int:
    """pytest's own status in the terms of a run."""
    run = session.config.stash[RUN]
    if status == pytest.ExitCode.USAGE_ERROR:
        return exitstatus.USAGE
    if status == pytest.ExitCode.INTERNAL_ERROR:
        return exitstatus.BROKEN
    if run.interrupted or interrupted:
        return exitstatus.INTERRUPTED
    if session.config.option.collectonly and status == pytest.ExitCode.OK:
        return exitstatus.USAGE if run.lint_failed else exitstatus.GOOD
    ours = run.exit_status()
    return exitstatus.FAIL if ours in (0, 4) and session.testsfailed else ours


def end_without_report(session: pytest.Session, status: int) -> None:
    """Ends a session in which nothing was to run, by its selection or by what its case files say.
    A slip on the command line is no run, and touches no report."""
    run = session.config.stash[RUN]
    empty = status == exitstatus.NOTHING
    if run.ran or session.config.option.collectonly or not (empty or run.lint_failed):
        return
    if empty:
        run.notes.append(nothing_selected(session))
    run.set_aside()


def nothing_selected(session: pytest.Session) -> str:
    """Why there is nothing to run, a sentence."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    found = len(reporter.stats.get("deselected", [])) if reporter is not None else 0
    option = session.config.option
    given = [f"{flag} {text!r}" for flag, text in (("-k", option.keyword), ("-m", option.markexpr))
             if text]
    by = " and ".join(given) or "the selection"
    return f"nothing ran: {by} leaves none of {found:,} variants" if found \
        else "nothing ran: there is no case file in what was selected"


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int | pytest.ExitCode) -> None:
    global last_status
    run = session.config.stash[RUN]
    if run.listing.complaints:
        run.lint_failed = True
    run.finish()
    if is_ours(session):
        last_status = mapped(session, int(exitstatus))
        end_without_report(session, last_status)
        session.exitstatus = last_status
