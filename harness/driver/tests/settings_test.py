# SPDX-License-Identifier: MIT
"""A host that is set otherwise is a stack that behaves otherwise: the case that cites that behaviour
fails there. What the calls and packets of a lie cannot change, the clocks, the choice of a window, what
a host takes in, is changed so."""
import json
import re
import subprocess
from pathlib import Path

import pytest

from conftest import ENGINE, ROOT

PROFILE = ROOT / "fixtures" / "host-profile" / "linux.yaml"

# The setting, what it is set to, and the case that has to notice.
OTHERWISE = [
    ("net.ipv4.tcp_timestamps", "0", "tcp/state/time-wait-timestamps"),
    ("net.ipv4.tcp_thin_linear_timeouts", "1", "tcp/state/backoff"),
    ("net.ipv4.tcp_stdurg", "1", "tcp/urgent/pointer"),
    ("net.ipv4.tcp_keepalive_time", "60", "tcp/option/keepalive-defaults"),
    ("net.ipv4.tcp_fastopen", "0", "tcp/option/fast-open"),
    ("net.ipv4.tcp_ecn", "0", "tcp/crafted/congestion-notice"),
    ("net.ipv4.conf.all.accept_local", "1", "tcp/crafted/invalid-syn"),
    ("net.ipv4.ip_nonlocal_bind", "1", "tcp/bind/foreign-address"),
    ("net.ipv4.ip_unprivileged_port_start", "0", "tcp/bind/privileged-port"),
    ("net.ipv6.bindv6only", "1", "socket/dual/shared-port"),
    ("net.ipv6.bindv6only", "1", "tcp/dual/only-six"),
]


def root_with(folder: Path, setting: str, value: str) -> Path:
    """A root whose hosts have one setting of another value, and all else of this one's."""
    (folder / "fixtures" / "host-profile").mkdir(parents=True)
    for name in ("catalogue", "baseline"):
        (folder / "fixtures" / name).symlink_to(ROOT / "fixtures" / name)
    (folder / "cases").symlink_to(ROOT / "cases")
    profile, there = re.subn(rf"^  {re.escape(setting)}:.*$", f"  {setting}: {value}",
                             PROFILE.read_text(encoding="utf-8"), count=1, flags=re.MULTILINE)
    if there == 0:
        profile = profile.replace("sysctls:\n", f"sysctls:\n  {setting}: {value}\n", 1)
    (folder / "fixtures" / "host-profile" / "linux.yaml").write_text(profile, encoding="utf-8")
    return folder


@pytest.mark.parametrize(("setting", "value", "case"), OTHERWISE)
def test_the_case_that_cites_it_fails(tmp_path: Path, setting: str, value: str, case: str) -> None:
    root = root_with(tmp_path / "root", setting, value)
    subprocess.run([ENGINE, "run", "--root", str(root), "--report", str(tmp_path / "report"),
                    f"cases/{case}.yaml"], cwd=ROOT, text=True, capture_output=True, timeout=120,
                   check=False)
    lines = (tmp_path / "report" / "results.jsonl").read_text(encoding="utf-8").splitlines()
    verdicts = {json.loads(line)["verdict"] for line in lines}
    if verdicts == {"skip"}:
        pytest.skip("no namespaces here")
    assert "fail" in verdicts, verdicts
    assert "broken" not in verdicts
