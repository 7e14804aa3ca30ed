"""Every format that a report has, read by a parser that is not ours, from the report with every verdict."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import html5lib
import jsonschema
import junitparser
import pytest
import sample
from conftest import ROOT, House
from reports import records
from reports.github import annotations, in_text, step_summary
from reports.model import Report
from reports.tap import EXPECTED

XSD = ROOT / "fixtures" / "junit.xsd"
PERL = r"""
use TAP::Parser; local $/; my $p = TAP::Parser->new({ tap => <STDIN> });
while (my $r = $p->next) { next unless $r->is_test;
  printf "%s\t%s\t%s\n", ($r->is_actual_ok ? "ok" : "not ok"), $r->directive || "-", $r->description; }
print STDERR "$_\n" for $p->parse_errors; print STDERR "version ", $p->version, "\n";
"""


def tool(*command: str, given: str | None = None) -> subprocess.CompletedProcess[str]:
    """Runs a program that must be there."""
    assert shutil.which(command[0]), f"{command[0]} is missing; ./sockproof test installs it"
    return subprocess.run(list(command), input=given, text=True, capture_output=True, timeout=120,
                          check=False)


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
    for suite in junitparser.JUnitXml.fromfile(file):
        found = [type(one.result[0]).__name__ if one.result else "Pass" for one in suite]
        kinds += Counter(found)
        assert (suite.tests, suite.failures, suite.errors, suite.skipped) == (
            len(found), found.count("Failure"), found.count("Error"), found.count("Skipped"))
    counts = report.counts()
    lesser = excused(report)
    assert kinds == {"Pass": counts["pass"], "Failure": counts["fail"] - lesser,
                     "Error": counts["broken"],
                     "Skipped": counts["skip"] + counts["known"] + counts["not-run"] + lesser}


def test_tap_as_perl_reads_it(folder: Path, report: Report) -> None:
    text = (folder / "results.tap").read_text("utf-8")
    bail = "Bail out! the run ended before everything was judged and written\n"
    assert text.startswith("TAP version 14\n") and text.endswith(bail)
    # Perl's parser knows version 13 at most; of what is used here both are the same.
    done = tool("perl", "-e", PERL, given=text.replace("TAP version 14", "TAP version 13", 1)
                .removesuffix(bail))
    assert done.stderr == "version 13\n"
    points = [line.split("\t") for line in done.stdout.splitlines()]
    assert len({point[2] for point in points}) == len(points) == len(report.variants)
    counts = report.counts()
    assert Counter((result, directive) for result, directive, _ in points) == {
        ("ok", "-"): counts["pass"],
        ("not ok", "-"): counts["fail"] + counts["broken"] - excused(report),
        ("not ok", EXPECTED): counts["known"] + excused(report), ("ok", "SKIP"): counts["skip"] + counts["not-run"]}
    yaml = pytest.importorskip("yaml")
    blocks = re.findall(r"^  ---\n(.*?)^  \.\.\.$", text, re.MULTILINE | re.DOTALL)
    found = [yaml.safe_load(block) for block in blocks]
    assert len(found) == counts["fail"] + counts["broken"]
    assert all(one["message"] and one["verdict"] in ("fail", "broken") for one in found)


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


def test_every_link_leads_somewhere_and_nothing_outside(folder: Path) -> None:
    pages = {page: read_links(page) for page in sorted((folder / "html").rglob("*.html"))}
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


def test_annotations_are_few_and_whole(report: Report) -> None:
    lines = annotations(report)
    assert len(lines) == 10 and all(line.startswith("::error ") for line in lines)
    for line in lines[:-1]:
        properties, message = re.fullmatch(r"::error ([^\n]*?)::([^\n]*)", line).groups()  # type: ignore[union-attr]
        values = dict(pair.split("=", 1) for pair in properties.split(","))
        assert {"file", "line", "title"} <= set(values) and int(values["line"]) > 0
        assert (ROOT / values["file"]).exists() and message
    assert "more variants" in lines[-1]
    assert in_text("50%\nof") == "50%25%0Aof"


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
