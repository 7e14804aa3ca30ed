# SPDX-License-Identifier: MIT
"""The pages in a real browser, headless Chromium: errors, the filter, the keyboard, contrast, speed. With
SOCKPROOF_SCREENSHOTS=DIR the pictures of each page, at two widths, light and dark, are kept."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any, Iterator

import pytest
from handmade import result, run_of
import sample
import synthetic
from sockproof.reports.render import render

WIDE, PHONE = (1200, 900), (390, 844)  # the phone is emulated: no window is that narrow
PAGES = ("index.html", "matrix.html", "coverage.html", "case/must-fail.html",
         "case/tcp/fault/wire-cut.html", "case/udp/delivery/reordered.html")

CONTRAST = """
const parse = text => (text.match(/[\\d.]+/g) || []).map(Number);
const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
  .map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
  .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
const ground = element => {
  for (let at = element; at; at = at.parentElement) {
    const colour = parse(getComputedStyle(at).backgroundColor);
    if (colour.length === 3 || colour[3] > .99) return colour;
  }
  return [255, 255, 255];
};
const poor = [];
for (const element of document.querySelectorAll("body *")) {
  const own = [...element.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
  if (!own || !element.getClientRects().length) continue;
  const inSvg = element.closest("svg");
  const style = getComputedStyle(element);
  const colour = parse(inSvg ? style.fill : style.color);
  const a = light(colour), b = light(ground(inSvg ? inSvg.parentElement : element));
  const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
  if (ratio < 4.5) poor.push(`${element.tagName} ${element.className} ${ratio.toFixed(2)}: `
    + element.textContent.slice(0, 40));
}
return poor;
"""


def browser(scripts: bool = True) -> Any:
    """A headless Chromium; its absence fails the test that needs it."""
    programs = {name: shutil.which(name) or "" for name in ("chromium", "chromedriver")}
    for program, path in programs.items():
        assert path, (f"{program} is missing: the pages are not tested without it; "
                      "./sockproof test installs it (chromium, chromium-driver)")
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service
    options = webdriver.ChromeOptions()
    options.binary_location = programs["chromium"]
    for word in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                 "--no-first-run", "--disable-background-networking", "--disable-sync",
                 "--host-resolver-rules=MAP * ~NOTFOUND"):
        options.add_argument(word)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    if not scripts:
        options.add_experimental_option(
            "prefs", {"profile.managed_default_content_settings.javascript": 2})
    return webdriver.Chrome(service=Service(programs["chromedriver"]), options=options)


@pytest.fixture(scope="module")
def page() -> Iterator[Any]:
    driver = browser()
    driver.set_page_load_timeout(60)
    yield driver
    driver.quit()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages of the report that has every verdict."""
    return sample.build(tmp_path_factory.mktemp("sample")) / "html"


def show(page: Any, file: Path, size: tuple[int, int] = WIDE, scheme: str = "light") -> None:
    """Opens a file at a size and in a colour scheme."""
    page.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
        "width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": size == PHONE})
    page.execute_cdp_cmd("Emulation.setEmulatedMedia", {
        "features": [{"name": "prefers-color-scheme", "value": scheme}]})
    page.get(file.as_uri())


def count(page: Any, selector: str) -> int:
    """How many elements of a selector are to be seen."""
    return int(page.execute_script(
        "return [...document.querySelectorAll(arguments[0])]"
        ".filter(e => e.getClientRects().length).length", selector))


def test_no_page_complains(page: Any, site: Path) -> None:
    files = sorted(site.rglob("*.html"))
    assert len(files) > 40
    page.get_log("browser")
    for file in files:
        page.get(file.as_uri())
        assert page.title.strip() and "sockproof" in page.title
        assert page.get_log("browser") == [], file
        assert page.execute_script(
            "return performance.getEntriesByType('resource').map(e => e.name)"
            ".filter(name => !name.startsWith('file:') && !name.startsWith('data:'))") == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_pages_fit_and_can_be_read(page: Any, site: Path, size: tuple[int, int],
                                   scheme: str) -> None:
    kept = os.environ.get("SOCKPROOF_SCREENSHOTS")
    for name in PAGES:
        show(page, site / name, size, scheme)
        page.execute_script("document.querySelectorAll('details').forEach(d => d.open = true)")
        room, width = page.execute_script("return [document.documentElement.clientWidth, "
                                          "document.documentElement.scrollWidth]")
        assert width <= room, f"{name} is {width} wide in {room}"
        assert page.execute_script(CONTRAST) == [], f"{name}, {scheme}"
        if kept:
            page.execute_script("document.querySelectorAll('details').forEach(d => d.open = false)")
            target = Path(kept) / f"{name.replace('/', '-')[:-5]}-{size[0]}-{scheme}.png"
            target.parent.mkdir(parents=True, exist_ok=True)
            page.save_screenshot(str(target))


SCROLLERS = """
return [...document.querySelectorAll("body *")].filter(e => e.scrollWidth > e.clientWidth + 1
  && ["auto", "scroll"].includes(getComputedStyle(e).overflowX)).map(e => [e.tagName.toLowerCase(),
  e.tabIndex, e.getAttribute("role"), e.getAttribute("aria-label"), e.outerHTML.slice(0, 60)]);
"""


def test_what_scrolls_is_reached_by_the_keyboard(page: Any, site: Path) -> None:
    found = []
    for name in (*PAGES, "difference.html"):
        if (site / name).exists():
            show(page, site / name, PHONE)
            page.execute_script("document.querySelectorAll('details').forEach(d => d.open = true)")
            found += page.execute_script(SCROLLERS)
    assert len(found) > 10
    for tag, tabindex, role, label, begin in found:
        assert tabindex == 0 and (tag == "pre" or (role == "region" and label)), begin


def test_programs_stay_in_sight_beside_the_filter(page: Any, tmp_path: Path) -> None:
    fault = {"name": "piece", "fired": 1, "at": "recv", "does": "cap 1"}
    run = run_of(tmp_path / "run", *(
        result(f"program/{name}/piece[inet]", "pass", subject="program",
               faults=[fault | {"programs": [name]}]) for name in ("curl", "nginx")))
    render(run)
    show(page, run / "html" / "matrix.html")
    rows = page.find_elements("css selector", ".programs tbody tr")
    assert [row.text.split() for row in rows] == [["curl", "recv", "pass"], ["nginx", "recv", "pass"]]


def test_the_filter_of_the_matrix(page: Any, site: Path) -> None:
    show(page, site / "matrix.html")
    rows, shown = "tr[data-words]", "return document.querySelector('#filter output').textContent"
    everything = count(page, rows)
    assert everything == int(page.execute_script("return document.querySelectorAll(arguments[0])"
                                                 ".length", rows)) > 40
    assert page.execute_script(shown) == f"{everything} of {everything} cases"
    page.find_element("css selector", "input[name=text]").send_keys("must fail-")
    assert count(page, rows) == 0
    assert count(page, "tbody:has(> tr[data-words])") == 0
    assert count(page, ".programs tbody") == 1, "the filter is about the cases, not the programs"
    page.find_element("css selector", "button[type=reset]").click()
    assert count(page, rows) == everything
    page.find_element("css selector", "input[value=broken]").click()
    broken = count(page, rows)
    assert broken == count(page, f"{rows} .v.broken") >= 7
    page.find_element("css selector", "input[value=fail]").click()
    assert count(page, rows) > broken
    assert "of" in page.execute_script(shown)


def test_without_scripts_nothing_is_missing(site: Path) -> None:
    driver = browser(scripts=False)
    try:
        driver.get((site / "matrix.html").as_uri())
        rows = driver.find_elements("css selector", "tr[data-words]")
        assert len(rows) > 40 and all(row.is_displayed() for row in rows[:50])
        assert not driver.find_element("css selector", "#filter").is_displayed()
        driver.get((site / "case" / "must-fail.html").as_uri())
        assert driver.find_element("css selector", "svg.ladder").is_displayed()
    finally:
        driver.quit()


def test_the_keyboard_reaches_everything(page: Any, site: Path) -> None:
    from selenium.webdriver import ActionChains, Keys
    show(page, site / "index.html")
    wanted = page.execute_script("return document.querySelectorAll('a[href], summary, [tabindex=\"0\"],"
                                 " button').length")
    seen, bare = set(), []
    for _ in range(wanted + 5):
        ActionChains(page).send_keys(Keys.TAB).perform()
        place, outline = page.execute_script(
            "const e = document.activeElement; return [[...document.querySelectorAll('*')].indexOf(e),"
            " getComputedStyle(e).outlineStyle !== 'none' ? '' : e.outerHTML.slice(0, 90)]")
        if place in seen or outline.startswith("<body"):
            break
        seen.add(place)
        bare += [outline] if outline else []
        if len(seen) == 1:
            assert page.execute_script("return document.activeElement.className") == "skip-link"
    hidden = page.execute_script("return [...document.querySelectorAll('details:not([open]) :is(a[href], "
                                 "[tabindex=\"0\"])')].length")
    assert len(seen) >= wanted - hidden
    assert bare == []


def test_events_and_their_rows_lead_to_each_other(page: Any, site: Path) -> None:
    show(page, site / "case" / "must-fail.html")
    failing = page.find_element("css selector", "svg.ladder a.is-failing")
    assert "NOT MET" in failing.text and failing.get_attribute("id")
    lane = [e.text for e in page.find_elements("css selector", "svg.ladder .lane-name")]
    assert lane == ["client", "wire", "server"]
    page.execute_script("document.querySelector('details').open = true")
    row = page.find_element("css selector", "table.events tr.failing")
    assert "failed here" in row.text
    row.find_element("css selector", "a").click()
    assert page.execute_script("return document.querySelector(':target').id") \
        == failing.get_attribute("id")
    assert "7" in page.find_element("css selector", "li.failing").text


def test_a_large_report_opens_at_once(page: Any, tmp_path: Path) -> None:
    synthetic.write(tmp_path, 1000)
    assert render(tmp_path, str(tmp_path)) == []
    best = {}
    for name in ("index.html", "matrix.html"):
        times = []
        for _ in range(3):
            show(page, tmp_path / "html" / name)
            times.append(page.execute_script(
                "const [entry] = performance.getEntriesByType('navigation'); return entry.loadEventEnd"))
        best[name] = min(times)
    print(f"1,000 cases of 5 variants on 5 stacks: {best} ms")
    assert 0 < best["index.html"] < 1000
    assert count(page, "tr[data-words]") == 1000
    passes = tmp_path / "html" / "case" / "tcp" / "case-1.html"
    assert "<svg" not in passes.read_text("utf-8") and passes.stat().st_size < 40_000
