# SPDX-License-Identifier: MIT
"""`./sockproof new`: a case to start from, which lints clean and passes as it is written.

Writes cases/ID.yaml and never over another file. Exit status 0 when it is written, 2 when the
file system refuses, 3 for arguments that cannot be."""

from __future__ import annotations

import re
from pathlib import Path


from sockproof import exitstatus, house
from sockproof.commandline import Parser
from sockproof.trouble import Misuse, Trouble

ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*(/[a-z0-9]+(-[a-z0-9]+)*)*")

FRAME = """\
# What must hold, in one sentence that is either true or false.
title: {title}
# The requirements that say so; ./sockproof explain ID shows one, fixtures/catalogue/ has them all.
cites: [{cites}]
transport: {transport}
# How far things are when the first step begins: none, open, bound, listening or connected.
setup: {setup}
{variants}# One step, one call: the verb and what goes in, beside it what must come out. A step begins when
# the one before it is done and nothing is under way any more: no case waits by the clock.
steps:
{steps}
# A fault, and what it changes. Take the '#' away in front of these lines to try it.
{trial}"""

TCP = {
    "title": "What one side sends, the other receives, whole and in order",
    "cites": "posix/recv/stream-no-boundaries",
    "setup": "connected",
    "variants": "",
    "steps": """\
  - client: {send: "ping", returns: 4}
  - server: {recv: 64, data: "ping"}
  - server: {send: "pong", returns: 4}
  - client: {recv: 64, data: "pong"}
""",
    "trial": """\
#  - wire: {sees: {packet: data, payload: "ping"}, from: client, since: start, count: {at_least: 2}}
#faults:
#  lost: {wire: client, do: drop, when: {packet: data, nth: 1}}
#expect:
#  delivery: {lost: 0, corrupted: 0}
#  fired: {lost: 1}
"""}

UDP = {
    "title": "A datagram arrives whole, and so does the answer",
    "cites": "posix/recv/dgram-whole-message",
    "setup": "bound",
    "variants": "",
    "steps": """\
  - client: {sendto: {text: "ping", to: server}, returns: 4}
  - server: {recv: 64, data: "ping", from: client}
  - server: {sendto: {text: "pong", to: client}, returns: 4}
  - client: {recv: 64, data: "pong", from: server}
""",
    "trial": """\
#  - client: {sendto: {text: "lost", to: server}, returns: 4}
#  - server: {quiet: sock}
#faults:
#  lost: {wire: client, do: drop, when: {packet: data, nth: 2}}
#expect:
#  fired: {lost: 1}
"""}

SCTP = {
    "title": "A message arrives whole on its stream, and so does the answer",
    "cites": "rfc9260/6.6-ordered, rfc6458/3.1.4-atomic",
    "setup": "connected",
    "variants": "",
    "steps": """\
  - client: {sctp_sendv: {text: "ping", stream: 1}, returns: 4}
  - wire:   {sees: {sctp: {chunk: DATA, stream: 1, ssn: 0, data: "ping"}}, from: client}
  - server: {recv: 64, data: "ping"}
  - server: {send: "pong", returns: 4}
  - client: {recv: 64, data: "pong"}
""",
    "trial": """\
#  - client: {send: "lost", returns: 4}
#  - server: {recv: 64, data: "lost", took: {at_least: 500ms}}
#faults:
#  lost: {wire: client, do: drop, when: {sctp: {chunk: DATA, data: "lost"}, nth: 1}}
#expect:
#  fired: {lost: 1}
"""}

RAW = {
    "title": "A raw socket gets what another one sends with its protocol",
    "cites": "raw/protocol-match",
    "setup": "open",
    "variants": "",
    "steps": """\
  - client: {send: {payload: "ping", to: server}}
  - wire:   {sees: {payload: "ping"}, from: client}
  - server: {recv: 1500, from: client, packet: {payload: "ping"}}
""",
    "trial": """\
#  - client: {send: {payload: "lost", to: server}}
#  - server: {quiet: sock}
#faults:
#  lost: {wire: client, do: drop, when: {nth: 2}}
#expect:
#  fired: {lost: 1}
"""}

ICMP = {
    "title": "A host answers an echo request with the same id, sequence number and data",
    "cites": "rfc792/echo-reply, rfc792/echo-data, rfc4443/4.2-data",
    "setup": "open",
    "variants": """\
# One row, one variant; $request and $reply stand for the row's values.
variants:
  - {family: inet,  request: 8,   reply: 0}
  - {family: inet6, request: 128, reply: 129}
""",
    "steps": """\
  - client: {send: {icmp: {type: $request, code: 0, id: 7, seq: 1}, payload: "ping", to: server}}
  - wire:   {sees: {icmp: {type: $request, checksum: valid}}, from: client}
  - client:
      recv: 1500
      from: server
      packet: {icmp: {type: $reply, id: 7, seq: 1, checksum: valid}, payload: "ping"}
""",
    "trial": """\
#  - client: {send: {icmp: {type: $request, code: 0, id: 7, seq: 2}, payload: "lost", to: server}}
#  - client: {quiet: sock}
#faults:
#  lost: {wire: client, do: drop, when: {icmp: {type: $request}, nth: 2}}
#expect:
#  fired: {lost: 1}
"""}

CASES = {"tcp": TCP, "udp": UDP, "sctp": SCTP, "raw": RAW, "icmp": ICMP}


def text_of(transport: str) -> str:
    """The case file to start from."""
    return FRAME.format(transport=transport, **CASES[transport])


def arguments_of(arguments: list[str]) -> tuple[str, str]:
    """The id and the transport. Raises Misuse."""
    parser = Parser(add_help=False)
    parser.add_argument("--transport", choices=tuple(CASES))
    parser.add_argument("id", nargs="*")
    words = parser.words(arguments)
    if len(words.id) != 1:
        raise Misuse("new takes one id, such as tcp/close/half-close")
    top = words.id[0].partition("/")[0]
    return words.id[0], words.transport or (top if top in CASES else "tcp")


def place_of(name: str) -> Path:
    """The file of a new case. Raises Misuse when there can be none of that id."""
    meant = name.removeprefix("./").removeprefix("cases/").removesuffix(".yaml")
    if not ID.fullmatch(name):
        hint = f"; did you mean {meant}?" if meant != name and ID.fullmatch(meant) else ""
        raise Misuse(f"{name!r} is no id: lower-case letters and digits, dashes between words, "
                     f"slashes between folders{hint}")
    if meant != name:
        raise Misuse(f"an id begins below cases/; did you mean {meant}?")
    file = house.CASES / f"{name}.yaml"
    if file.exists():
        raise Misuse(f"{house.in_house(file)} is there already")
    if (house.CASES / name).is_dir():
        raise Misuse(f"cases/{name} is a folder of cases; name a case in it")
    for parent in Path(name).parents:
        if (house.CASES / f"{parent}.yaml").exists():
            raise Misuse(f"cases/{parent}.yaml is a case, not a folder of cases")
    return file


def main(arguments: list[str]) -> int:
    """The exit status. Raises Trouble."""
    name, transport = arguments_of(arguments)
    file = place_of(name)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with open(file, "x", encoding="utf-8") as out:
            out.write(text_of(transport))
    except OSError as error:
        raise Trouble(f"{house.in_house(file)} cannot be written: {error.strerror}") from None
    print(f"{house.in_house(file)} is written; it passes as it stands. Make it say what you mean, "
          "then\n"
          f"    ./sockproof lint {name}\n"
          f"    ./sockproof run {name}\n"
          f"    ./sockproof explain {name}")
    return exitstatus.GOOD
