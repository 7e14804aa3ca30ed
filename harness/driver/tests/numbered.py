# SPDX-License-Identifier: MIT
"""The set-up and the steps of a case that knows the sequence numbers of its connection: the client's
begin at 1000, the server's at 5000; $near and $far are the ports."""

NUMBERED = """setup: bound
steps:
  - client: {setsockopt: {TCP_REPAIR: 1}}
  - client: {setsockopt: {TCP_REPAIR_QUEUE: 2}}
  - client: {setsockopt: {TCP_QUEUE_SEQ: 1000}}
  - client: {setsockopt: {TCP_REPAIR: -1}}
  - server: {setsockopt: {TCP_REPAIR: 1}}
  - server: {setsockopt: {TCP_REPAIR_QUEUE: 2}}
  - server: {setsockopt: {TCP_QUEUE_SEQ: 5000}}
  - server: {setsockopt: {TCP_REPAIR: -1}}
  - wire:   {hold: both}
  - client: {connect: server, start: there}
  - server: {connect: client, start: here}
  - wire:   {release: both}
  - client: {done: there}
  - server: {done: here}
  - client: {getsockname: sock, save: {port: near}}
  - server: {getsockname: sock, save: {port: far}}
"""
