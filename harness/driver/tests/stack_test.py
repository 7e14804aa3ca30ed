# SPDX-License-Identifier: MIT
"""Stacks that are built on demand: what can be added, what is there, and how --stack finds it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from conftest import ENGINE

from sockproof.driver import stacks
from sockproof.guest.store import cache
from sockproof.house import ROOT
from sockproof.stack import command, recipe, store, tool
from sockproof.stack.trouble import StackTrouble, StackUsage


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cache that holds nothing, and the engine of the session."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("SOCKPROOF_ENGINE", ENGINE)


def forward(target: Path) -> str:
    """The example of the documents, as a stack to be added."""
    tool.run(["gcc", "-shared", "-fPIC", f"-I{recipe.HEADERS}", "-o", str(target),
              str(ROOT / "docs" / "examples" / "stack" / "forward.c")])
    return "1.2"


def test_a_stack_is_built_found_and_removed(monkeypatch: pytest.MonkeyPatch,
                                            capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setitem(recipe.RECIPES, "forward", recipe.Recipe("the kernel's", forward))
    assert command.main(["list"]) == 0
    assert "forward      the kernel's: not built; ./sockproof stack add forward builds it" in \
        capsys.readouterr().out
    with pytest.raises(stacks.StackUnknown, match="is not built; ./sockproof stack add forward builds it"):
        stacks.resolve(["forward"])
    assert command.main(["add", "forward"]) == 0
    assert "the kernel's, 1.2, " in capsys.readouterr().out
    assert [one.name for one in store.present()] == ["forward"]
    assert stacks.resolve(["forward"]) == [f"forward=so:{cache() / 'stacks' / 'forward.so'}"]
    assert command.main(["remove", "forward"]) == 0
    assert store.present() == [] and list(store.root().iterdir()) == []
    with pytest.raises(StackTrouble, match="there is no stack forward here"):
        command.main(["remove", "forward"])


def test_the_sandbox_is_a_command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Of whichever runsc is in PATH; no sandbox is begun for it, nor where it is no host of ours."""
    version = "echo runsc version 7.0; echo spec: 1.0"
    for name, does in (("runsc", version), ("ip", "exec /usr/sbin/ip \"$@\"")):
        (tmp_path / name).write_text(f"#!/bin/sh\n{does}\n", "utf-8")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "a cache"))
    assert command.main(["add", "gvisor"]) == 0
    stack = store.find("gvisor")
    assert stack is not None and stack.version == "7.0"
    assert stacks.placed("gvisor") == f"gvisor=exec:'{tmp_path}/a cache/sockproof/stacks/gvisor.exec'"
    done = subprocess.run([stack.file], check=False, text=True, capture_output=True, timeout=60)
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr == "this is no host of sockproof's wire: a sandbox would take its addresses\n"
    (tmp_path / "runsc").write_text("#!/bin/sh\nexit 4\n", "utf-8")
    with pytest.raises(StackTrouble, match="runsc --version ended with status 4"):
        command.main(["add", "gvisor"])
    assert store.find("gvisor") == stack


def test_what_cannot_be_built_leaves_what_was_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(recipe.RECIPES, "forward", recipe.Recipe("the kernel's", forward))
    assert command.main(["add", "forward"]) == 0
    before = store.find("forward")

    def broken(target: Path) -> str:
        tool.run(["gcc", "-shared", "-o", str(target), "/nowhere.c"])
        return "2"
    monkeypatch.setitem(recipe.RECIPES, "forward", recipe.Recipe("the kernel's", broken))
    with pytest.raises(StackTrouble, match="(?s)gcc -shared ended with status 1:.*nowhere.c"):
        command.main(["add", "forward"])
    assert store.find("forward") == before and before is not None and before.file.stat().st_size > 0
    assert sorted(file.name for file in store.root().iterdir()) == ["forward.json", "forward.so"]


def test_names_that_are_none_and_packages_that_are_not_there() -> None:
    with pytest.raises(StackUsage, match="'netstak' is no stack that can be added.*did you mean netstack?"):
        command.main(["add", "netstak"])
    with pytest.raises(StackUsage, match="stack takes add NAME"):
        command.main(["lst"])
    with pytest.raises(StackTrouble, match="the package no-such-package is not installed"):
        tool.package_version("no-such-package")
    with pytest.raises(StackTrouble, match="there is no no-such-compiler here"):
        tool.run(["no-such-compiler", "x"])


def test_the_front_door_says_what_it_would_install() -> None:
    done = subprocess.run([str(ROOT / "sockproof"), "stack", "--help"], check=False, text=True,
                          capture_output=True)
    assert done.returncode == 0 and "netstack    gVisor's TCP/IP" in done.stdout
