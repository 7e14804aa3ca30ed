# SPDX-License-Identifier: MIT
"""Every format that a report has, read by a parser that is not ours, from the report with every verdict."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import html5lib
import jsonschema
import junitparser
import pytest
import sample
from conftest import ENGINE, ROOT, House, call_report
from handmade import report_of, result, run_of
from sockproof.complaint import Complaint
from sockproof.reports import records
from sockproof.reports.compare import difference
from sockproof.reports.failure import flat
from sockproof.reports.github import annotation, commands, refusals, step_summary
from sockproof.reports.merge import Unmergeable, merge
from sockproof.reports.model import Report
from sockproof.reports.tap import EXPECTED, tap_text
from sockproof.reports.variant import variant_of

XSD = ROOT / "fixtures" / "junit.xsd"
# Debian's newest parser of TAP: it takes version 14 as it is, and in strict mode whatever is no TAP
# for a failure.
NODE = """
const Parser = require('tap-parser'), parser = new Parser({strict: true});
for (const kind of ['version', 'plan', 'assert', 'bailout', 'extra', 'complete'])
  parser.on(kind, said => console.log(JSON.stringify([kind, said])));
process.stdin.pipe(parser);
"""


def tool(*command: str, given: str | None = None,
         **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs a program that must be there."""
    assert shutil.which(command[0]), f"{command[0]} is missing; ./sockproof test installs it"
    return subprocess.run(list(command), input=given, text=True, capture_output=True, timeout=120,
                          env=os.environ | environment, check=False)


def excused(report: Report) -> int:
    """How many fail SHOULD and MAY alone, which a run without --strict does not count."""
    return sum(map(report.counts_not, report.variants))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sample.build(tmp_path_factory.mktemp("sample"))


@pytest.fixture(scope="module")
def report(folder: Path) -> Report:
    return Report(records.read(folder))


def test_the_sample_has_every_verdict(report: Report) -> None:
    assert set(report.counts()) == set(records.VERDICTS)
    assert len(report.stacks) == 3 and report.incomplete


def test_junit_is_valid_and_says_what_the_records_say(folder: Path, report: Report) -> None:
    file = str(folder / "junit.xml")
    done = tool("xmllint", "--noout", "--schema", str(XSD), file)
    assert done.returncode == 0, done.stderr
    wrong = (folder / "junit.xml").read_text("utf-8").replace(' time="', ' time="about ')
    (folder / "wrong.xml").write_text(wrong, "utf-8")
    assert tool("xmllint", "--noout", "--schema", str(XSD), str(folder / "wrong.xml")).returncode
    kinds: Counter[str] = Counter()
    lines: dict[str, int] = {}
    suites = list(junitparser.JUnitXml.fromfile(file))
    assert [(one.classname, one.name, one.result[0].message) for one in suites.pop()] == [
        ("sockproof.run", "is complete", report.incomplete[0])]
    for suite in suites:
        for one in suite:
            about = Path(str(one._elem.get("file")))
            lines[one.name] = int(one._elem.get("line"))
            assert (ROOT / about).is_file() and one.classname and one.time >= 0
            assert lines[one.name] <= len((ROOT / about).read_text("utf-8").splitlines())
            assert not one.result or one.result[0].message
        found = [type(one.result[0]).__name__ if one.result else "Pass" for one in suite]
        kinds += Counter(found)
        assert (suite.tests, suite.failures, suite.errors, suite.skipped) == (
            len(found), found.count("Failure"), found.count("Error"), found.count("Skipped"))
    counts = report.counts()
    lesser = excused(report)
    assert kinds == {"Pass": counts["pass"], "Failure": counts["fail"] - lesser,
                     "Error": counts["broken"],
                     "Skipped": counts["skip"] + counts["known"] + counts["not-run"] + lesser}
    assert lines["must-fail[inet]"] == 7 and lines["actor-dies[inet]"] == 7


def tap_events(text: str) -> dict[str, list[Any]]:
    """What Debian's parser says of a stream of TAP, by kind."""
    done = tool("node", "-e", NODE, given=text, NODE_PATH="/usr/share/nodejs")
    assert done.returncode == 0, done.stderr
    found: dict[str, list[Any]] = {}
    for line in done.stdout.splitlines():
        kind, said = json.loads(line)
        found.setdefault(kind, []).append(said)
    return found


def test_tap_14_as_another_reads_it(folder: Path, report: Report) -> None:
    found = tap_events((folder / "results.tap").read_text("utf-8"))
    assert found["version"] == [14] and "extra" not in found
    assert found["bailout"] == [f"{folder.parent / 'cut-short'}: "
                                "the run ended before everything was judged and written"]
    points = found["assert"]
    assert [point["name"] for point in points] == list(report.records.variants)
    assert len({point["name"] for point in points}) == len(points) == len(report.variants)
    expected = EXPECTED.lower()
    counts = report.counts()
    assert Counter((point["ok"], next((d for d in (expected, "skip") if d in point), ""))
                   for point in points) == {
        (True, ""): counts["pass"],
        (False, ""): counts["fail"] + counts["broken"] - excused(report),
        (False, expected): counts["known"] + excused(report),
        (True, "skip"): counts["skip"] + counts["not-run"]}
    assert all(point["skip"] is not True for point in points if "skip" in point), "no reason"
    told = [point["diag"] for point in points if "diag" in point]
    assert [one["excused"] for one in told if "excused" in one] == [
        variant.excused for variant in report.variants if variant.word == "known" and variant.excused]
    said = [one for one in told if "excused" not in one]
    assert len(said) == counts["fail"] + counts["broken"]
    assert all(one["message"] and one["verdict"] in ("fail", "broken") and one["line"] for one in said)
    torn = (folder / "results.tap").read_text("utf-8").replace("\n  ...\n", "\n", 1)
    assert "extra" in tap_events(torn), "it reads whatever it is given"


HOSTILE = ("#", "a # TO" "DO b", "a\\b", "\\#", "\\\\ #", "50%\r\n::error::x", "%0A", "%250A", "a,b=c:d",
           "::set-output name=x::y", "\x1b[31m", "é \U0001f600", "{", "a {", "# SKIP x", "...", "---")


def test_tap_names_and_reasons_of_any_kind(tmp_path: Path) -> None:
    run = run_of(tmp_path / "run", *(result(f"{text}[{i}]", verdict, reason=text)
                                     for i, text in enumerate(HOSTILE) for verdict in ("fail",)),
                 *(result(f"skipped/{i}[x]", "skip", reason=text) for i, text in enumerate(HOSTILE)))
    found = tap_events(tap_text(report_of(run)))
    assert "extra" not in found and len(found["assert"]) == 2 * len(HOSTILE)
    failed = found["assert"][:len(HOSTILE)]
    assert [point["name"] for point in failed] == [flat(f"{text}[{i}]")
                                                   for i, text in enumerate(HOSTILE)]
    assert [point["diag"]["message"] for point in failed] == [flat(text) for text in HOSTILE]
    assert all(point["skip"] for point in found["assert"][len(HOSTILE):])


def test_every_record_conforms(folder: Path) -> None:
    for name, texts in (("result", (folder / "results.jsonl").read_text("utf-8").splitlines()),
                        ("event", (folder / "events.jsonl").read_text("utf-8").splitlines()),
                        ("run", [(folder / "run.json").read_text("utf-8"),
                                 (folder.parent / "honest" / "run.json").read_text("utf-8")])):
        schema = json.loads((ROOT / "fixtures" / f"{name}.schema.json").read_text("utf-8"))
        jsonschema.Draft202012Validator.check_schema(schema)
        check = jsonschema.Draft202012Validator(schema)
        assert texts
        for text in texts:
            assert [error.message for error in check.iter_errors(json.loads(text))] == []


def test_html_is_html(folder: Path) -> None:
    pages = sorted((folder / "html").rglob("*.html"))
    assert len(pages) > 40
    for page in pages:
        parser = html5lib.HTMLParser(strict=True)
        parser.parse(page.read_text("utf-8"))
        assert parser.errors == []
    with pytest.raises(html5lib.html5parser.ParseError):
        html5lib.HTMLParser(strict=True).parse(pages[0].read_text("utf-8").replace("</main>", "", 1))


class Links(HTMLParser):
    """The links and the ids of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in ("href", "src") and value:
                self.links.append(value)
            if name == "id" and value:
                self.ids.append(value)


def read_links(page: Path) -> Links:
    found = Links()
    found.feed(page.read_text("utf-8"))
    return found


def test_every_link_leads_somewhere_and_nothing_outside(folder: Path, stacks: Path) -> None:
    pages = {page: read_links(page) for one in (folder, stacks / "whole")
             for page in sorted((one / "html").rglob("*.html"))}
    assert any("@lwip" in unquote(link) for found in pages.values() for link in found.links)
    for page, found in pages.items():
        assert len(set(found.ids)) == len(found.ids), f"{page} has an id twice"
        for link in found.links:
            assert "://" not in link and not link.startswith("/"), f"{page} leads to {link}"
            path, _, anchor = link.partition("#")
            if path.startswith("data:"):
                continue
            target = (page.parent / unquote(path)).resolve() if path else page
            assert target.exists(), f"{page} leads to {link}"
            if anchor:
                assert unquote(anchor) in pages[target].ids, f"{page} leads to {link}"


def test_every_variant_is_within_two_clicks(folder: Path, report: Report) -> None:
    top = folder / "html"
    reached = {(top / unquote(link).partition("#")[0]) for name in ("index.html", "matrix.html")
               for link in read_links(top / name).links}
    assert top / "matrix.html" in reached
    for variant in report.variants:
        page = top / report.case_of(variant).page
        assert page in reached
        assert variant.anchor in read_links(page).ids


ESCAPES = {"25": "%", "0D": "\r", "0A": "\n", "3A": ":", "2C": ","}


def plain(text: str, known: str) -> str:
    """Escaped text as it was. Only the `known` escapes may stand in it, and nothing of what they
    stand for."""
    pieces = text.split("%")
    for piece in pieces[1:]:
        assert piece[:2] in known.split(), f"%{piece[:2]} in {text!r}"
    made = "".join([pieces[0], *(ESCAPES[piece[:2]] + piece[2:] for piece in pieces[1:])])
    raw = [ESCAPES[name] for name in known.split() if name != "25"]
    assert not any(character in text for character in raw), text
    return made


def command_of(line: str) -> tuple[str, dict[str, str], str]:
    """A workflow command as GitHub documents it, read letter by letter: its name, its properties,
    its message. There is no parser of these commands in Debian."""
    assert line.startswith("::")
    head, mark, message = line[2:].partition("::")
    assert mark
    name, _, rest = head.partition(" ")
    assert name in ("error", "warning", "notice"), line
    values = {}
    for pair in rest.split(",") if rest else []:
        key, equals, value = pair.partition("=")
        assert equals and key in ("file", "line", "endLine", "col", "endColumn", "title"), line
        assert key not in values, line
        values[key] = plain(value, "25 0D 0A 3A 2C")
    return name, values, plain(message, "25 0D 0A")


def test_annotations_are_few_and_whole(report: Report) -> None:
    lines = commands(report)
    assert len(lines) == 10
    assert command_of(lines[0])[2] == f"incomplete: {report.incomplete[0]}"
    for line in lines[1:-1]:
        name, values, message = command_of(line)
        assert name == "error" and {"file", "line", "title"} <= set(values) and message
        text = (ROOT / values["file"]).read_text("utf-8")
        assert 0 < int(values["line"]) <= len(text.splitlines())
    assert "more variants" in command_of(lines[-1])[2]


def test_what_regressed_is_annotated_first(tmp_path: Path) -> None:
    names = [f"{letter}[x]" for letter in "abcdefghijkl"]
    before = run_of(tmp_path / "1", *(result(name, "pass" if name == "k[x]" else "fail")
                                      for name in names))
    after = run_of(tmp_path / "2", *(result(name, "fail", file="a.yaml", line=1) for name in names))
    found = difference(report_of(before), report_of(after), ("1", "2"))
    titles = [command_of(line)[1]["title"] for line in commands(report_of(after), found)]
    assert titles == ["regressed: k[x] on linux", *(f"fail: {name} on linux" for name in names[:8]),
                      "sockproof"]


def test_annotations_carry_any_text() -> None:
    for text in HOSTILE:
        variant = variant_of([result(f"{text}[x]", "fail", reason=text, file=text, line=3)])
        name, values, message = command_of(annotation(variant, False, "error"))
        assert (name, values["file"], values["line"]) == ("error", text, "3")
        assert values["title"] == f"fail: {text}[x] on linux" and message == flat(text)


def test_the_step_summary_is_markdown(report: Report) -> None:
    text = step_summary(report)
    done = tool("cmark-gfm", "--extension", "table", "--to", "xml", given=text)
    assert done.returncode == 0 and done.stdout.count("<table>") >= 3
    assert "html_" not in done.stdout
    rows = done.stdout.count("<table_row")
    assert rows >= report.counts()["broken"] + 10
    assert "Incomplete" in done.stdout


def test_a_run_on_github_announces_itself(house: House, tmp_path: Path) -> None:
    house.case("tcp/a", verdicts=["fail"], variants=["inet"])
    summary = tmp_path / "summary.md"
    summary.write_text("what was there\n", "utf-8")
    done = house.call(*house.command(), env={"GITHUB_ACTIONS": "true",
                                             "GITHUB_STEP_SUMMARY": str(summary)})
    said = [line for line in done.stdout.splitlines() if line.startswith("::")]
    assert said == ["::error file=cases/tcp/a.yaml,line=7,col=5,title=fail%3A tcp/a[inet] on linux::"
                    "step 3: returns: expected 4, observed 0"]
    text = summary.read_text("utf-8")
    assert text.startswith("what was there\n## ") and "`tcp/a[inet]`" in text
    assert "::error" not in house.run().stdout


def test_a_refused_case_file_is_annotated() -> None:
    done = tool(str(ROOT / "sockproof"), "run", "--no-install", "-p", "no:cacheprovider",
                str(sample.CASES / "unknown-citation.yaml"), SOCKPROOF_ENGINE=ENGINE,
                GITHUB_ACTIONS="true")
    lines = [line for line in done.stdout.splitlines() if line.startswith("::")]
    assert done.returncode == 3 and len(lines) == 1, done.stdout + done.stderr
    name, values, message = command_of(lines[0])
    file = sample.CASES / "unknown-citation.yaml"
    assert name == "error" and values["title"] == "lint: unknown-citation"
    line = file.read_text("utf-8").splitlines()[int(values["line"]) - 1]
    assert (ROOT / values["file"]) == file and line[int(values["col"]) - 1:].startswith("posix/")
    assert message.startswith("the catalogue has no requirement") and "did you mean" in message


def test_refusals_are_few_and_whole() -> None:
    complaint = Complaint("shown", "no-verb", "a,b.yaml", 3, 5, "50% of", ("do this",))
    name, values, message = command_of(refusals([complaint])[0])
    assert (name, values) == ("error", {"file": "a,b.yaml", "line": "3", "col": "5",
                                        "title": "lint: no-verb"})
    assert message == "50% of; do this"
    many = refusals([complaint] * 12 + [Complaint("what is no complaint")])
    assert len(many) == 10 and command_of(many[-1])[2].startswith("4 more")
    assert command_of(refusals([Complaint("what is\nno complaint")])[0])[2] == "what is\nno complaint"


@pytest.fixture(scope="module")
def stacks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One run on two stacks, dealt out in two parts and joined again."""
    folder = tmp_path_factory.mktemp("stacks")
    for part in ("1", "2"):
        done = tool(str(ROOT / "sockproof"), "run", "--no-install", "-p", "no:cacheprovider",
                    "--stack", "linux", "--stack", "lwip", "--place", "wire", "tcp/connect/refused",
                    "sctp/abort/with-reason", str(sample.CASES / "must-fail.yaml"),
                    str(sample.CASES / "actor-dies.yaml"), "--shard", f"{part}/2", "--report",
                    str(folder / part), SOCKPROOF_ENGINE=ENGINE)
        assert done.returncode in (0, 1, 2), done.stdout + done.stderr
    assert call_report(["merge", str(folder / "2"), str(folder / "1"), "-o", str(folder / "whole")]) == 0
    return folder


def test_a_run_on_several_stacks_tells_them_apart(stacks: Path) -> None:
    whole = stacks / "whole"
    report = report_of(whole)
    assert report.stacks == ["linux", "lwip"] and not report.incomplete
    names = {variant.id for variant in report.variants}
    assert len(report.variants) == 2 * len(names) == 12
    points = tap_events((whole / "results.tap").read_text("utf-8"))["assert"]
    wanted = {f"{name}@{stack}" for name in names for stack in report.stacks}
    assert {point["name"] for point in points} == wanted and len(points) == len(wanted)
    assert tool("xmllint", "--noout", "--schema", str(XSD), str(whole / "junit.xml")).returncode == 0
    suites = list(junitparser.JUnitXml.fromfile(str(whole / "junit.xml")))
    assert [suite.name for suite in suites] == ["sockproof linux", "sockproof lwip"]
    for suite, stack in zip(suites, report.stacks):
        counts = report.counts(stack)
        assert (suite.tests, suite.failures, suite.errors) == (6, counts["fail"], counts["broken"])
        assert (counts["fail"], counts["broken"]) == (1, 1)
        assert all(case.name.endswith(f"@{stack}") for case in suite)
    titles = [command_of(line)[1]["title"] for line in commands(report)]
    # What a busy machine has tried again comes later: the failures stand first, in whatever order.
    assert [sorted(titles[:2]), sorted(titles[2:])] == [
        [f"{word}: {name}[inet] on {stack}" for stack in report.stacks]
        for word, name in (("fail", "must-fail"), ("broken", "actor-dies"))]
    text = step_summary(report)
    assert "`must-fail[inet]` on linux" in text and "`must-fail[inet]` on lwip" in text
    assert "stacks linux, lwip" in (whole / "summary.txt").read_text("utf-8")


def test_the_pages_of_a_run_on_several_stacks(stacks: Path,
                                              capsys: pytest.CaptureFixture[str]) -> None:
    whole, top = stacks / "whole", stacks / "whole" / "html"
    texts = {name: (top / f"{name}.html").read_text("utf-8")
             for name in ("index", "matrix", "coverage", "case/must-fail")}
    assert re.findall(r'<th scope="col">(linux|lwip)</th>', texts["matrix"]) == ["linux", "lwip"]
    assert texts["index"].count('<span class="quiet">on lwip</span>') >= 3
    assert '<th scope="row">lwip</th>' in texts["index"]
    for stack in ("linux", "lwip"):
        assert f'id="v-{stack}-inet"' in texts["case/must-fail"]
        assert f'<span class="quiet">{stack}</span>' in texts["coverage"]
    assert texts["case/must-fail"].count('<svg class="ladder"') == 2
    assert call_report(["render", str(whole), "--full", "tcp/connect/refused[[]inet6]@linux"]) == 0
    page = (top / "case" / "tcp" / "connect" / "refused.html").read_text("utf-8")
    assert page.count('<svg class="ladder"') == 3, "two that deviate, and the one that was asked for"
    capsys.readouterr()
    assert call_report(["diff", str(whole), "--stacks", "linux,lwip"]) == 0
    assert capsys.readouterr().out.startswith("2 known on lwip alone; 4 alike.\n")
    page = (top / "difference.html").read_text("utf-8")
    assert "tcp/connect/refused[inet6]" in page and "sctp/abort" not in page
    for name in ("index", "matrix", "difference"):
        html5lib.HTMLParser(strict=True).parse((top / f"{name}.html").read_text("utf-8"))


def test_a_part_with_other_stacks_is_told(stacks: Path, tmp_path: Path) -> None:
    done = tool(str(ROOT / "sockproof"), "run", "--no-install", "-p", "no:cacheprovider",
                "--place", "wire", "tcp/connect/refused", "--shard", "2/2",
                "--report", str(tmp_path / "other"), SOCKPROOF_ENGINE=ENGINE)
    assert done.returncode == 0, done.stdout
    with pytest.raises(Unmergeable) as told:
        merge([stacks / "1", tmp_path / "other"], tmp_path / "whole")
    assert str(told.value).splitlines() == ["shard 2 of 2 on linux, lwip is missing",
                                            "shard 1 of 2 is missing"]
