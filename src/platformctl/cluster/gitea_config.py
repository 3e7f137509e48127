"""The Git server's configuration file."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

from platformctl.cluster.config import GIT_HOST, GIT_PORT, STATE, Cluster

TEMPLATE = """\
APP_NAME = TechCommerce
RUN_MODE = prod
; the whole cluster is this user's own; the server listens inside its network namespace
I_AM_BEING_UNSAFE_RUNNING_AS_ROOT = true
WORK_PATH = {state}/gitea

[server]
PROTOCOL = http
HTTP_ADDR = {address}
HTTP_PORT = {port}
DOMAIN = {host}
ROOT_URL = http://{host}:{port}/
LOCAL_ROOT_URL = http://{address}:{port}/
STATIC_ROOT_PATH = {share}
OFFLINE_MODE = true
DISABLE_SSH = true
LFS_START_SERVER = false

[database]
DB_TYPE = sqlite3
PATH = {state}/gitea/gitea.db
SQLITE_JOURNAL_MODE = WAL

[security]
INSTALL_LOCK = true
; every call of the API checks a password, and all of them are 160 random bits: stretching them only costs time
PASSWORD_HASH_ALGO = pbkdf2$1000$50
INTERNAL_TOKEN = {secret}
SECRET_KEY = {secret}

[oauth2]
ENABLED = false
; it writes one into this file where none is
JWT_SECRET = {token}

[service]
DISABLE_REGISTRATION = true

[repository]
DEFAULT_BRANCH = main
ENABLE_PUSH_CREATE_USER = true

[queue]
; in memory: the default looks into its files every other second, twice between a push and its webhook
TYPE = channel

[webhook]
; Argo CD's services are on the cluster network
ALLOWED_HOST_LIST = *.svc.cluster.local, private
QUEUE_LENGTH = 100
DELIVER_TIMEOUT = 5
; Argo CD signs its own certificate; both ends are inside this cluster
SKIP_TLS_VERIFY = true

[actions]
ENABLED = false

[indexer]
ISSUE_INDEXER_TYPE = db

[cron]
ENABLED = false

[session]
PROVIDER = memory

[mailer]
ENABLED = false

[log]
LEVEL = Warn
MODE = console
"""


def gitea_config(cluster: Cluster, share: Path, secret: str) -> str:
    """The file's text; `share` holds the templates of its module, `secret` signs its internal tokens."""
    token = base64.urlsafe_b64encode(hashlib.sha256(secret.encode()).digest()).decode().rstrip("=")
    address = cluster.node_address
    return TEMPLATE.format(
        state=STATE, address=address, port=GIT_PORT, host=GIT_HOST, share=share, secret=secret, token=token
    )
