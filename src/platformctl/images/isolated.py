"""How programs that mount and fork are started, so that a killed run leaves neither mounts nor processes."""

from __future__ import annotations

# the mount and the process namespace end with their first process, that one with unshare, and unshare with us
ISOLATED = (
    "setpriv", "--pdeathsig=KILL", "--",
    "unshare", "--mount", "--propagation=private", "--pid", "--fork", "--kill-child", "--mount-proc", "--",
)  # fmt: skip
