"""The service of a cluster that undoes aborted releases: its settings, and how it runs until it is told to stop."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from platformctl.errors import PlatformError
from platformctl.releases.prometheus import Prometheus
from platformctl.undo import server
from platformctl.undo.act import Undo
from platformctl.undo.clone import cloned
from platformctl.undo.facts import all_aborted
from platformctl.undo.hosts import Credential, forge
from platformctl.undo.kubernetes import Read, elsewhere, in_cluster
from platformctl.undo.metrics import Metrics
from platformctl.undo.outdated import close_outdated
from platformctl.undo.watch import Watch

PREFIX = "TECHCOMMERCE_UNDO_"
PORT = 8080


@dataclass(frozen=True)
class Settings:
    """`repository` is the address that Applications name; `secrets` is a folder with `user`, `token` and `webhook`.

    `argo_cd` is a folder with `server`, `token` and `ca.crt` where Argo CD runs on another cluster; None where on this.
    `prometheus` is the address of the one that the reports' plots come from; empty where there is none.
    """

    repository: str
    secrets: Path
    argo_cd: Path | None = None
    prometheus: str = ""
    port: int = PORT

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> Settings:
        """The settings of a process's environment."""
        missing = [name for name in ("REPOSITORY", "SECRETS") if not environment.get(PREFIX + name)]
        if missing:
            raise PlatformError(
                f"{PREFIX}{missing[0]} is not set", fix="see base/platform/release-undo/deployment.yaml"
            )
        argo_cd, port = environment.get(f"{PREFIX}ARGO_CD"), environment.get(f"{PREFIX}PORT", str(PORT))
        if not port.isdigit() or not 0 <= int(port) < 65536:
            raise PlatformError(f"{PREFIX}PORT is no port: {port!r}")
        return cls(
            repository=environment[f"{PREFIX}REPOSITORY"],
            secrets=Path(environment[f"{PREFIX}SECRETS"]),
            argo_cd=Path(argo_cd) if argo_cd else None,
            prometheus=environment.get(f"{PREFIX}PROMETHEUS", "").rstrip("/"),
            port=int(port),
        )

    def secret(self, name: str) -> str:
        """One of the secrets; an error when it is missing or empty."""
        try:
            found = (self.secrets / name).read_text().strip()
        except OSError as error:
            raise PlatformError(f"the secret {self.secrets / name} cannot be read", why=str(error)) from error
        if not found:
            raise PlatformError(f"the secret {self.secrets / name} is empty")
        return found


def run() -> None:
    """Serve until SIGTERM or an interrupt, and finish the undo that is under way."""
    settings = Settings.read(os.environ)
    read = in_cluster()
    undo = _undo(settings, read)
    watch = Watch(partial(all_aborted, read), undo, partial(close_outdated, undo.forge, read), Metrics())
    stop = threading.Event()
    worker = threading.Thread(target=watch.run, args=(stop,), name="watch")
    application = server.Application(settings.secret("webhook"), watch.hint, watch.metrics, worker.is_alive)
    with server.serve(application, settings.port) as http:
        # its loop runs in this thread, so that only another one can end it
        end = threading.Thread(target=http.shutdown, daemon=True)
        for each in (signal.SIGTERM, signal.SIGINT):
            signal.signal(each, lambda _number, _frame: end.start() if not end.ident else None)
        worker.start()
        http.serve_forever()
        stop.set()
        watch.wake()
        worker.join()


def _undo(settings: Settings, read: Read) -> Undo:
    credential = Credential(settings.secret("user"), settings.secret("token"))
    return Undo(
        repository=settings.repository,
        read=read,
        applications=elsewhere(settings.argo_cd) if settings.argo_cd else read,
        forge=forge(settings.repository, credential),
        clone=partial(cloned, settings.repository, credential),
        prometheus=Prometheus(settings.prometheus) if settings.prometheus else None,
    )
