# SPDX-License-Identifier: MIT
"""What must hold of sockproof: the stages of `./sockproof test`, in order."""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from sockproof.house import DRIVER, PYTHON, ROOT, command

HERE = Path(__file__).resolve().parent
TESTS = DRIVER / "tests"
NOBODY = 65534
# Where there is Python.
PYTHON_PLACES = ("conftest.py", "harness/driver", "reports")
LIARS_SECONDS = 840
ATTACK_SECONDS, WHOLE_ATTACK_SECONDS = 900, 7200
SANITIZER_ENVIRONMENT = {
    "ASAN_OPTIONS": "exitcode=99:detect_leaks=1:abort_on_error=0:allocator_may_return_null=1",
    "UBSAN_OPTIONS": "print_stacktrace=1:halt_on_error=1:exitcode=99",
    "TSAN_OPTIONS": f"exitcode=99:halt_on_error=0:suppressions='{HERE}/tsan.supp'"}
# What needs the real engine to have something to report.
REPORT_TESTS = ("pages", "excused", "format", "full_disk", "baseline", "compare")
# The tests of the driver mostly wait for engines that they have started: three files go at once.
BESIDE_EACH_OTHER = ("-p", "xdist", "-n", "3", "--dist", "loadfile")
# The thread sanitizer delivers a signal when the call that it interrupts returns: one that is
# restarted never does, so these cases cannot hold under it. Nor can one that asks for a limit on
# locked memory: the sanitizer takes such limits away.
NOT_UNDER_TSAN = ("restarted", "zerocopy/no-memory")
# Each kind of segment in each state of TCP: eight hundred variants which go one way through the harness. They
# are judged by the run of the suite itself and on lwIP, and half of them under the address sanitizer; for
# other ways of running nothing in them is new.
MANY_ALIKE = "tcp/matrix"
HALF_OF_THEM = f"not ({MANY_ALIKE} and inet6)"
# What a guest kernel is not asked for here: crowds, which take its one processor minutes, and SCTP that
# waits for timers of seconds; ./sockproof run --stack uml:6.1 judges all of it.
GUEST = "uml:6.1"
NOT_IN_GUEST = (f"not thousand and not {MANY_ALIKE} and "
                "not (sctp and (failure or setup or notify or data or address))")

# What is a matter of chance on netstack. It acknowledges once what lies in its queue: whether a segment
# that came twice is acknowledged twice, and how far the window has grown after three round trips. A small
# window is closed, or grows before it is full. It sends again after 200 ms and twice that, where a case
# looks for 400 ms.
NOT_ON_NETSTACK = f"not {MANY_ALIKE} and not (duplicate-acknowledged or slow-start or zero-window or karn)"

# What is asked of gVisor's sandboxes, where each variant takes a second of processor time: a part, in
# IPv4. Their raw sockets are for protocols that they know, and those of the cases are of none. Whether the
# largest datagram, of 45 fragments, comes through is a matter of chance.
ON_GVISOR = (*(f"tcp/{name}" for name in ("accept", "close", "connect", "listen", "poll", "reset", "send",
                                          "shutdown")),
             *(f"udp/{name}" for name in ("connect", "delivery", "error", "send", "shutdown")),
             *(f"socket/{name}" for name in ("create", "fcntl", "name", "shutdown")))
NOT_ON_GVISOR = "not inet6 and not largest"


@dataclass(frozen=True)
class Stage:
    """One stage. Its commands run one after the other from the root until one fails. `judged`
    is the number of variants that the run's report must have judged, `report` where it lies (a
    sanitizer's word in its engine.log is a failure too, whichever process said it); `owner` is who
    must own that folder."""

    title: str
    commands: list[list[str]]
    quick: bool = False
    environment: dict[str, str] = field(default_factory=dict)
    judged: int | None = None
    report: Path | None = None
    owner: int | None = None
    limit: int = 900


def makes(stage: Stage) -> set[str]:
    """The folders that a stage makes: those that it builds in, and its report."""
    made = {command[command.index("-B") + 1] for command in stage.commands if "-B" in command}
    return made | ({str(stage.report)} if stage.report else set())


def with_what_they_use(picked: list[Stage], every: list[Stage]) -> list[Stage]:
    """The picked stages and all before them that make what they use, in order."""
    wanted = list(picked)
    for stage in wanted:
        words = [word for command in stage.commands for word in command]
        words += stage.environment.values()
        for folder in set().union(*map(makes, every)) - makes(stage):
            makers = [one for one in every if folder in makes(one)]
            if any(folder in (word, str(Path(word).parent)) for word in words):
                wanted += [one for one in makers[:1] if one not in wanted]
    return [stage for stage in every if stage in wanted]


def build(folder: str, *settings: str, targets: tuple[str, ...] = ()) -> list[list[str]]:
    """Configures and builds in a folder of the root."""
    chosen = [word for target in targets for word in ("--target", target)]
    return [["cmake", "-S", str(ROOT), "-B", str(ROOT / folder), "-G", "Ninja", "--log-level=WARNING",
             *(f"-D{setting}" for setting in settings)],
            ["cmake", "--build", str(ROOT / folder), *chosen, "--", "--quiet"]]


def c_files(tests: bool) -> list[str]:
    """The C sources, with headers and tests or without."""
    if tests:
        return sorted(str(file) for file in (ROOT / "harness").rglob("*.[ch]"))
    return sorted(str(file) for file in (ROOT / "harness").rglob("*.c")
                  if not file.stem.endswith("_test"))


def shell_scripts() -> list[str]:
    """Every shell script: those whose first line says so."""
    places = [ROOT / "sockproof", *(ROOT / ".ci").iterdir(), *(ROOT / "fixtures").rglob("*"),
              *(ROOT / "harness").rglob("*")]
    return sorted(str(file) for file in places if file.is_file() and is_shell(file))


def is_shell(file: Path) -> bool:
    """Whether a file begins as a script of sh or bash does."""
    with open(file, "rb") as stream:
        first = stream.readline(80)
    return first.startswith(b"#!") and first.split(b"/")[-1].strip() in (b"sh", b"bash")


def suite(report: Path, *options: str, marks: str = "not program") -> list[str]:
    """The command that runs the suite, less the program cases, into `report`."""
    return command("run", "-p", "no:cacheprovider", "-m", marks, "--strict", "--report", str(report),
                   *options)


def driver_tests(*more: str) -> list[str]:
    """The command that runs tests of the driver."""
    return [PYTHON, "-X", "utf8", "-m", "pytest", "-q", "-p", "no:cacheprovider",
            "--rootdir", str(ROOT), *more]


def thread_sanitized() -> list[list[str]]:
    """Builds the engine with the thread sanitizer."""
    return build("build-tsan", "SOCKPROOF_SANITIZE=thread", "CMAKE_C_COMPILER=gcc",
                 targets=("sockproof-engine",))


def attack_stages(whole: bool) -> list[Stage]:
    """What is tried against it: a part, or the whole, and then its killed and starved engine under the
    thread sanitizer, too."""
    attack = TESTS / "attack"
    extent = {"SOCKPROOF_ATTACK": "whole" if whole else "part"}
    stages = [Stage("attack", [driver_tests(str(attack))], environment=engine_of("build-gcc") | extent,
                    limit=WHOLE_ATTACK_SECONDS if whole else ATTACK_SECONDS)]
    if whole:
        stages.append(Stage("attack, thread sanitizer",
                            [*thread_sanitized(), driver_tests(*(str(attack / f"{name}_test.py")
                                                                 for name in ("kills", "shortage")))],
                            environment=engine_of("build-tsan") | SANITIZER_ENVIRONMENT,
                            limit=WHOLE_ATTACK_SECONDS))
    return stages


def judged_numbers() -> dict[str, int]:
    """How many variants each way of running must judge."""
    return tomllib.loads((HERE / "judged.toml").read_text("utf-8"))


def engine_of(folder: str) -> dict[str, str]:
    """The environment in which the driver uses that folder's engine."""
    return {"SOCKPROOF_ENGINE": str(ROOT / folder / "sockproof-engine")}


def build_stages() -> list[Stage]:
    """Compilers, style and analysis."""
    strict = "SOCKPROOF_WERROR=ON"
    # One file a process: clang 14's checker of va_list keeps the names of the file before, and takes what
    # lies at their places in the next one for them.
    tidy = ["xargs", "-a", "{files}", "-P", str(os.cpu_count() or 2), "-n", "1", "clang-tidy",
            "--quiet", "-p", str(ROOT / "build-clang")]
    return [
        Stage("build with gcc, no warnings",
              build("build-gcc", strict, "CMAKE_C_COMPILER=gcc"), quick=True),
        Stage("build with clang, no warnings",
              build("build-clang", strict, "CMAKE_C_COMPILER=clang")),
        Stage("clang-format", [["clang-format", "--dry-run", "-Werror", *c_files(tests=True)]],
              quick=True),
        Stage("clang-tidy", [tidy]),
        Stage("style", [command("style")], quick=True),
        Stage("no circle among files, no use of a room above",
              [command("circles", str(ROOT / "build-gcc"))], quick=True),
        Stage("Python: flake8 and mypy, strict",
              [[PYTHON, "-I", "-m", "flake8", *PYTHON_PLACES], [PYTHON, "-I", "-m", "mypy"]],
              quick=True),
        Stage("shellcheck", [["shellcheck", *shell_scripts()]], quick=True)]


def test_stages(whole: bool) -> list[Stage]:
    """The tests of the engine's parts and of the driver; `whole`: all that is tried against it."""
    sanitize = "SOCKPROOF_SANITIZE=address,undefined"
    tests = str(TESTS)
    reports = [f"{tests}/{name}_test.py" for name in REPORT_TESTS]
    extension = f"{tests}/extension_test.py"
    attack = f"{tests}/attack"
    elsewhere = [f"{tests}/selfproof_test.py", f"{tests}/browser_test.py",
                 f"{tests}/forks_test.py", extension, attack, *reports]
    quick = ["ctest", "--test-dir", str(ROOT / "build-gcc"), "--output-on-failure", "-j2"]
    return [
        Stage("unit tests", [quick], quick=True),
        Stage("unit tests, address and undefined sanitizers",
              [*build("build-asan", sanitize, "SOCKPROOF_WERROR=ON", "CMAKE_C_COMPILER=gcc"),
               ["ctest", "--test-dir", str(ROOT / "build-asan"), "--output-on-failure", "-j2"]],
              environment=SANITIZER_ENVIRONMENT),
        Stage("tests of the driver",
              [driver_tests(*BESIDE_EACH_OTHER, tests, *(f"--ignore={file}" for file in elsewhere))],
              quick=True,
              environment=engine_of("build-gcc")),
        Stage("extension proof", [driver_tests(extension)]),
        Stage("reports, read by other parsers", [driver_tests(*reports)], quick=True,
              environment=engine_of("build-gcc")),
        Stage("reports in a browser", [driver_tests(f"{tests}/browser_test.py")],
              environment=engine_of("build-gcc")),
        *attack_stages(whole),
        Stage("baselines name cases", [command("baseline", "check")],
              environment=engine_of("build-gcc")),
        Stage("exploration finds known bugs, and none in mended programs",
              [*build("build-gcc", targets=("programs",)),
               command("twins")], environment=engine_of("build-gcc")),
        Stage("self-proof", [driver_tests(f"{tests}/selfproof_test.py")], quick=True,
              environment=engine_of("build-gcc"))]


def ordinary(title: str, report: Path, before: list[str], number: int) -> Stage:
    """The suite by an ordinary user. Root becomes one, in a copy: such a user may not come to where this
    house lies."""
    house = report.with_name(f"house-{report.name}")
    home = {"HOME": str(report.parent), "PYTHONDONTWRITEBYTECODE": "1"}
    words = before + suite(report, "-k", f"not {MANY_ALIKE}")
    if os.geteuid() != 0:
        return Stage(title, [words], environment=engine_of("build-gcc") | home, judged=number, report=report)
    as_nobody = ["env", "-C", str(house), "setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}",
                 "--clear-groups", "--no-new-privs"]
    there = [word.replace(str(ROOT), str(house)) for word in words]
    return Stage(title, [command("outside", str(house), str(ROOT / "build-gcc")), as_nobody + there],
                 environment=home | {"SOCKPROOF_ENGINE": str(house / "build-gcc" / "sockproof-engine")},
                 judged=number, report=report, owner=NOBODY)


def suite_stages(scratch: Path, whole: bool) -> list[Stage]:
    """The suite, in every way in which it must run. `scratch` is for its reports; `whole`: forks run all
    of it."""
    numbers = judged_numbers()
    wire, loopback = numbers["wire"], numbers["loopback"]
    not_tsan = ["-k", " and ".join(f"not {name}" for name in (*NOT_UNDER_TSAN, MANY_ALIKE))]
    gcc = engine_of("build-gcc")
    plain, asan, tsan = (scratch / name for name in ("plain", "asan", "tsan"))
    programs = scratch / "programs"
    stages = [
        Stage("program cases", [suite(programs, "--capture", marks="program"),
                                command("conform", str(programs))],
              environment=gcc, judged=numbers["programs"], report=programs),
        Stage("suite", [suite(plain, "--capture")], True, gcc, wire, plain),
        Stage("records and captures of the suite",
              [command("conform", str(plain))], True),
        Stage("suite, address and undefined sanitizers",
              [suite(asan, "--slow-factor", "5", "-k", HALF_OF_THEM)],
              environment=engine_of("build-asan") | SANITIZER_ENVIRONMENT, judged=numbers["wire_asan"],
              report=asan),
        Stage("suite, thread sanitizer",
              [*thread_sanitized(),
               suite(tsan, "--slow-factor", "5", *not_tsan)],
              environment=engine_of("build-tsan") | SANITIZER_ENVIRONMENT,
              judged=numbers["wire_tsan"], report=tsan)]
    stages += [*stack_stages(scratch, gcc, numbers), fork_stage(whole)]
    bare = scratch / "bare"
    refuse = [PYTHON, str(TESTS / "refuse_namespaces.py")]
    stages.append(ordinary("suite, ordinary user with namespaces", scratch / "ordinary", [],
                           numbers["wire_ordinary"]))
    stages.append(ordinary("suite, ordinary user without namespaces", scratch / "both", refuse,
                           numbers["loopback_ordinary"]))
    if os.geteuid() == 0:
        stages.append(Stage("suite, root without namespaces", [refuse + suite(bare)],
                            environment=gcc, judged=loopback, report=bare))
    stages.append(Stage("every must that is cited is seen to be broken",
                        [command("liars", "--matrix")], environment=gcc))
    half = [] if whole else ["--half"]
    stages.append(Stage("liars", [command("liars", *half, "--limit", str(LIARS_SECONDS))],
                        environment=gcc, limit=LIARS_SECONDS + 60))
    return stages


def stack_stages(scratch: Path, engine: dict[str, str], numbers: dict[str, int]) -> list[Stage]:
    """The suite on other stacks: lwIP and netstack, most of whose calls only wait, and a guest kernel."""
    lwip, guest, netstack = (scratch / name for name in ("lwip", "guest", "netstack"))
    return [Stage("suite on lwIP", [suite(lwip, "--stack", "lwip", "--workers", "24")],
                  environment=engine, judged=numbers["lwip"], report=lwip),
            Stage("suite on netstack, which is plugged in",
                  [command("stack", "add", "netstack"),
                   suite(netstack, "--stack", "netstack", "--workers", "24", "-k", NOT_ON_NETSTACK)],
                  environment=engine, judged=numbers["netstack"], report=netstack),
            Stage("suite in a guest kernel",
                  [command("guest", "add", GUEST),
                   suite(guest, "--stack", GUEST, "-k", NOT_IN_GUEST)],
                  environment=engine, judged=numbers["guest"], report=guest)]


def fork_stage(whole: bool) -> Stage:
    """lwIP from outside the tree, with one bug and without."""
    return Stage("forks of lwIP are told apart by their bugs",
                 [command("stack", "add", "lwip-source", "lwip-so-error-kept"),
                  driver_tests(f"{TESTS}/forks_test.py")],
                 environment=engine_of("build-gcc") | {"SOCKPROOF_FORKS": "whole" if whole else "part"},
                 limit=WHOLE_ATTACK_SECONDS if whole else 900)


def sandbox_stages(scratch: Path) -> list[Stage]:
    """A part of the suite in gVisor's sandboxes."""
    report, numbers = scratch / "gvisor", judged_numbers()
    return [Stage("suite in sandboxes of gVisor",
                  [command("stack", "add", "gvisor"),
                   suite(report, "--stack", "gvisor", "--workers", "4", "-k", NOT_ON_GVISOR, *ON_GVISOR)],
                  environment=engine_of("build-gcc"), judged=numbers["gvisor"], report=report, limit=1800)]


def all_stages(scratch: Path, whole: bool = False) -> list[Stage]:
    """Every stage in order; `whole`: nothing of the attack is left out, and what is slow is done too."""
    slow = sandbox_stages(scratch) if whole else []
    return build_stages() + test_stages(whole) + suite_stages(scratch, whole) + slow
