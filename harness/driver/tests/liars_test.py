# SPDX-License-Identifier: MIT
"""The liars' command: what counts as killed, what is said of survivors, which status it ends with.
The engine is played by a table of verdicts by lie and variant."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Iterable

import pytest
from sockproof import command, house
from sockproof.driver import provenance
from sockproof.proof import liars, lies

VARIANTS = ("tcp/a[inet]", "tcp/a[inet6]", "udp/b[inet]", "udp/slow[inet]")


class Suite:
    """Verdicts by lie and variant; "pass" where none is given. A list is used up, run by run."""

    def __init__(self, verdicts: dict[str, dict[str, Any]]) -> None:
        self.verdicts = verdicts
        self.runs: list[tuple[str, list[str]]] = []

    def verdict(self, lie: str, name: str) -> str:
        """The next verdict of a variant under a lie ("" is the honest stack)."""
        value = self.verdicts.get(lie, {}).get(name, "pass")
        return str(value.pop(0) if isinstance(value, list) else value)

    def run(self, variants: Iterable[str] | None, *arguments: str,
            cases: Iterable[str] = ()) -> list[dict[str, Any]]:
        """In the place of lies.run()."""
        assert not cases
        lie = arguments[arguments.index("--lie") + 1] if "--lie" in arguments else ""
        wanted = list(VARIANTS if variants is None else variants)
        self.runs.append((lie, wanted))
        repeats = int(arguments[arguments.index("--repeat") + 1]) if "--repeat" in arguments else 1
        results = []
        for name in wanted * repeats:
            verdict = self.verdict(lie, name)
            results.append({"id": name, "case": lies.case_of(name), "verdict": verdict,
                            "reason": f"so it is {verdict}",
                            "duration_us": 9_000_000 if "slow" in name else 10})
            if "--stop-at-first" in arguments and verdict in lies.CAUGHT:
                break
        return results


def suite(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, reasons: str,
          **verdicts: dict[str, Any]) -> Suite:
    """A suite whose lies are the words of `verdicts`, but "honest"."""
    played = Suite({"" if name == "honest" else name: value for name, value in verdicts.items()})
    monkeypatch.setattr(lies, "run", played.run)
    monkeypatch.setattr(lies, "names", lambda: [name for name in verdicts if name != "honest"])
    monkeypatch.setattr(liars, "REASONS", tmp_path / "survivors.yaml")
    monkeypatch.setattr(liars, "KILLERS", tmp_path / "killers.yaml")
    liars.REASONS.write_text(reasons, "utf-8")
    return played


def test_killed_by_a_fail_that_comes_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
                                           capsys: pytest.CaptureFixture[str]) -> None:
    suite(monkeypatch, tmp_path, "", errno={"udp/b[inet]": "fail"})
    assert command.main(["liars"]) == 0
    assert "errno: killed by udp/b[inet] (fail)" in capsys.readouterr().out


def test_what_happens_once_kills_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
                                         capsys: pytest.CaptureFixture[str]) -> None:
    suite(monkeypatch, tmp_path, "", errno={"udp/b[inet]": ["fail", "fail", "pass", "fail"]})
    assert command.main(["liars"]) == 1
    told = capsys.readouterr()
    assert "errno: SURVIVES" in told.out
    assert "errno survives and survivors.yaml gives no reason" in told.err


def test_what_fails_honestly_too_kills_nothing(monkeypatch: pytest.MonkeyPatch,
                                               tmp_path: Path) -> None:
    suite(monkeypatch, tmp_path, "", honest={"udp/b[inet]": ["pass", "pass", "pass", "fail", "pass"]},
          errno={"udp/b[inet]": "fail"})
    assert command.main(["liars"]) == 1


def test_what_does_not_pass_honestly_does_not_count(monkeypatch: pytest.MonkeyPatch,
                                                    tmp_path: Path) -> None:
    played = suite(monkeypatch, tmp_path, "", honest={"tcp/a[inet]": "skip",
                                                      "udp/b[inet]": ["pass", "fail"]},
                   errno={"tcp/a[inet]": "fail", "udp/b[inet]": "fail"})
    assert command.main(["liars"]) == 1
    assert played.runs[-1] == ("errno", ["tcp/a[inet6]"])


def test_what_is_known_kills_when_it_fails_otherwise(monkeypatch: pytest.MonkeyPatch,
                                                     tmp_path: Path,
                                                     capsys: pytest.CaptureFixture[str]) -> None:
    suite(monkeypatch, tmp_path, "", honest={"tcp/a[inet]": "known"}, errno={"tcp/a[inet]": "fail"})
    assert command.main(["liars"]) == 0
    assert "errno: killed by tcp/a[inet] (fail)" in capsys.readouterr().out


def test_what_stays_as_it_is_known_kills_nothing(monkeypatch: pytest.MonkeyPatch,
                                                 tmp_path: Path) -> None:
    suite(monkeypatch, tmp_path, "", honest={"tcp/a[inet]": "known"}, errno={"tcp/a[inet]": "known"})
    assert command.main(["liars"]) == 1


def test_a_case_that_is_known_notices_the_lie() -> None:
    case = "tcp/shutdown/read-side-late[inet]"
    assert {one["verdict"] for one in lies.run([case])} == {"known"}
    told = lies.run([case], "--lie", "send/short-by-one")
    assert [one["verdict"] for one in told] == ["fail"]
    assert told[0]["excuses"][0]["failure"] == "step 3: returns: 4"


def test_a_case_that_is_known_notices_that_its_call_fails() -> None:
    told = lies.run(["tcp/shutdown/read-side-late[inet]"], "--lie", "recv/fails-anyway")
    assert [one["verdict"] for one in told] == ["fail"]
    assert told[0]["failure"]["step"] == 3
    assert "EIO" in told[0]["failure"]["observed"]


def test_a_lie_that_breaks_a_case_is_killed_but_to_nobodys_credit(
        monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
        capsys: pytest.CaptureFixture[str]) -> None:
    suite(monkeypatch, tmp_path, "", errno={"tcp/a[inet]": "broken"})
    assert command.main(["liars", "--idle"]) == 1
    told = capsys.readouterr()
    assert "1 of them by a case that could no longer judge" in told.out
    assert "tcp/a kills no lie" in told.err


def test_idle_finds_who_kills_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
                                      capsys: pytest.CaptureFixture[str]) -> None:
    suite(monkeypatch, tmp_path, "idle: {udp/slow: it measures}",
          errno={"tcp/a[inet]": "fail", "udp/b[inet]": "fail"})
    assert command.main(["liars", "--idle"]) == 0
    assert "kills nothing  udp/slow: it measures" in capsys.readouterr().out


@pytest.mark.parametrize("reasons, status, error", [
    ("survivors: {quiet: nobody can see it}", 1, ""),  # 50 % only
    ("survivors: {errno: wrong}", 1, "errno is killed by tcp/a[inet], and survivors.yaml says"),
    ("survivors: {quiet: '', gone: x}", 1, "survivors.yaml names gone, and there is no such lie")])
def test_the_list_of_survivors_is_held_to(monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
                                          capsys: pytest.CaptureFixture[str], reasons: str,
                                          status: int, error: str) -> None:
    suite(monkeypatch, tmp_path, reasons, errno={"tcp/a[inet]": "fail"}, quiet={})
    assert command.main(["liars"]) == status
    assert error in capsys.readouterr().err


def test_only_takes_a_beginning_and_no_unknown_name(monkeypatch: pytest.MonkeyPatch,
                                                    tmp_path: Path) -> None:
    played = suite(monkeypatch, tmp_path, "", errno={"tcp/a[inet]": "fail"},
                   other={"tcp/a[inet]": "fail"})
    assert command.main(["liars", "--only", "oth"]) == 0
    assert {lie for lie, _ in played.runs} == {"", "other"}
    assert command.main(["liars", "--only", "nosuch"]) == 2
    assert command.main(["liars", "--onyl", "x"]) == 3


def test_the_limit_is_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
                           capsys: pytest.CaptureFixture[str]) -> None:
    suite(monkeypatch, tmp_path, "", errno={"tcp/a[inet]": "fail"})
    assert command.main(["liars", "--limit", "0"]) == 4
    assert "1 lies were not tried" in capsys.readouterr().err


def test_variants_whose_case_names_the_call_come_first(monkeypatch: pytest.MonkeyPatch,
                                                       tmp_path: Path) -> None:
    monkeypatch.setattr(house, "CASES", tmp_path)
    lies.text.cache_clear()
    for name, text in (("a", "- client: {recv: 1}"), ("b", "- client: {recvfrom: 1}")):
        (tmp_path / f"{name}.yaml").write_text(text, "utf-8")
    assert lies.nearest_first("recvfrom/errno", ["a[x]", "b[x]"]) == ["b[x]", "a[x]"]
    assert lies.nearest_first("recv/errno", ["b[x]", "a[x]"]) == ["a[x]", "b[x]"]
    assert lies.nearest_first("packet/udp-missing", ["tcp/a[x]", "udp/a[x]"])[0] == "udp/a[x]"


def test_who_killed_a_lie_is_tried_first_the_next_time(monkeypatch: pytest.MonkeyPatch,
                                                       tmp_path: Path) -> None:
    played = suite(monkeypatch, tmp_path, "", errno={"udp/b[inet]": "fail"})
    assert command.main(["liars", "--keep"]) == 0
    assert liars.killers() == {"errno": "udp/b[inet]"}
    played.runs.clear()
    assert command.main(["liars"]) == 0
    assert [wanted for lie, wanted in played.runs if lie][0] == ["udp/b[inet]"]


def test_who_killed_a_lie_last_time_has_to_do_it_again(monkeypatch: pytest.MonkeyPatch,
                                                       tmp_path: Path,
                                                       capsys: pytest.CaptureFixture[str]) -> None:
    suite(monkeypatch, tmp_path, "", errno={"tcp/a[inet]": "fail"})
    liars.KILLERS.write_text("errno: udp/b[inet]\n", "utf-8")
    assert command.main(["liars"]) == 0
    assert "errno: killed by tcp/a[inet]" in capsys.readouterr().out


def test_who_wants_time_of_its_own_has_it_under_lies_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine is played: what waits passes where limits are as the cases say, and fails where they
    are cut short."""
    factors: list[tuple[str, list[str]]] = []

    def played(variants: list[str] | None, factor: str, *_: Any) -> list[dict[str, Any]]:
        wanted = variants or ["tcp/a[inet]", "tcp/waits[inet]", "tcp/wrong[inet]", "tcp/skipped[inet]"]
        factors.append((factor, wanted))
        late = {"tcp/waits[inet]": "pass" if factor == "1" else "fail", "tcp/wrong[inet]": "fail",
                "tcp/skipped[inet]": "skip"}
        return [{"id": name, "verdict": late.get(name, "pass"), "duration_us": len(name)} for name in wanted]

    monkeypatch.setattr(lies, "run_once", played)
    monkeypatch.setattr(lies, "PATIENT", set())
    assert list(lies.honest(1, "2", ["tcp/a", "tcp/waits"])) == ["tcp/a[inet]"]
    assert list(lies.patient("2", ["tcp/a", "tcp/waits"])) == ["tcp/a[inet]", "tcp/waits[inet]"]
    factors.clear()
    lies.run(["tcp/a[inet]", "tcp/waits[inet]"], "--lie", "recv/errno")
    assert factors == [(lies.SLOW_FACTOR, ["tcp/a[inet]"]), ("1", ["tcp/waits[inet]"])]


@pytest.mark.parametrize("commit, tried", [("000000a2", {"one", "three"}), ("000000a3", {"two"}),
                                           (None, {"one", "three"})])
def test_half_of_the_lies_are_those_that_the_commit_decides(monkeypatch: pytest.MonkeyPatch, tmp_path: Path,
                                                            commit: str | None, tried: set[str]) -> None:
    fails = {"udp/b[inet]": "fail"}
    played = suite(monkeypatch, tmp_path, "survivors:\n  other: never tried here\n", one=fails, two=fails,
                   three=fails)
    monkeypatch.setattr(provenance, "git", lambda *_: commit)
    assert command.main(["liars", "--half"]) == 0
    assert {lie for lie, _ in played.runs if lie} == tried
