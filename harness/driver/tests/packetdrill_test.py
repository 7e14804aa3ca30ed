# SPDX-License-Identifier: MIT
"""The shim of docs/examples/packetdrill-so: a stack that comes with an adapter for packetdrill runs the
cases, built outside the tree with the installed header alone."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from conftest import ENGINE, ROOT

SHIM = ROOT / "docs" / "examples" / "packetdrill-so"
ADAPTER = ROOT / "fixtures" / "stacks" / "packetdrill.c"
CASES = ["cases/udp/delivery", "cases/udp/connect", "cases/tcp/close/half-close.yaml",
         "cases/tcp/connect/echo.yaml", "cases/tcp/connect/handshake.yaml",
         "cases/tcp/connect/autobind.yaml", "cases/tcp/listen/autobind.yaml",
         "cases/tcp/data/bulk.yaml"]
LACKS = """\
#include "interface.h"
static int make(void *of, int domain, int type, int protocol)
{ return of == NULL ? domain + type + protocol : -1; }
void packetdrill_interface_init(const char *flags, struct packetdrill_interface *of)
{ if (flags[0] == 0) of->socket = make; }
"""


@pytest.fixture(name="place", scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder outside the tree with the shim and, as adapters, lwIP and one that lacks what it must have."""
    place = tmp_path_factory.mktemp("outside")
    subprocess.run(["cmake", "--install", str(Path(ENGINE).parent), "--component", "headers", "--prefix",
                    str(place)], check=True, capture_output=True, timeout=60)
    for file in (*SHIM.iterdir(), ADAPTER):
        shutil.copy(file, place)
    (place / "lacks.c").write_text(LACKS, "utf-8")
    words = ["gcc", "-std=gnu17", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-I."]
    for more in (["-Iinclude", "-o", "shim.so", "shim.c"], ["-o", "lacks.so", "lacks.c"],
                 ["-isystem", "/usr/include/lwip", "-o", "adapter.so", "packetdrill.c", "-llwip"]):
        subprocess.run([*words, *more], cwd=place, check=True, timeout=60)
    return place


def run(report: Path, *words: str) -> list[dict[str, Any]]:
    """The results of a run of the engine."""
    subprocess.run([ENGINE, "run", "--root", str(ROOT), "--report", str(report), "--workers", "8", *words],
                   text=True, capture_output=True, timeout=300, check=False)
    return [json.loads(line) for line in (report / "results.jsonl").read_text("utf-8").splitlines()]


def test_what_passes_on_lwip_passes_on_it_behind_an_adapter(tmp_path: Path, place: Path) -> None:
    stack = f"behind=so:{place / 'shim.so'},{place / 'adapter.so'},{{own4}} {{own6}}"
    results = run(tmp_path / "report", "--stack", "lwip", "--stack", stack, *CASES)
    plain, behind = ({one["id"].partition("@")[0]: one["verdict"] for one in results if one["stack"] == name}
                     for name in ("lwip", "behind"))
    assert "broken" not in behind.values() and "not-run" not in behind.values()
    passes = {one for one, verdict in plain.items() if verdict == "pass"}
    assert len(passes) > 30
    passes |= {"tcp/listen/autobind[inet]", "tcp/listen/autobind[inet6]"}  # the port is the shim's choice
    assert passes - {one for one, verdict in behind.items() if verdict == "pass"} == set()


@pytest.mark.parametrize("adapter, why", [
    ("lacks.so", "the adapter {place}/lacks.so has no socket, netdev_send or netdev_receive"),
    ("none.so", "{place}/none.so: cannot open shared object file"),
    ("shim.so", "undefined symbol: packetdrill_interface_init")])
def test_an_adapter_that_is_none_is_said(tmp_path: Path, place: Path, adapter: str, why: str) -> None:
    results = run(tmp_path / "report", "--stack", f"bad=so:{place / 'shim.so'},{place / adapter}",
                  "cases/tcp/connect/echo.yaml")
    assert {one["verdict"] for one in results} == {"broken"}
    for one in results:
        assert "the stack bad cannot begin: " in one["reason"] and why.format(place=place) in one["reason"]
