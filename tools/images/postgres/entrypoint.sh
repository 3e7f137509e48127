#!/bin/sh
# PostgreSQL with one role and one database for each name in $DATABASES. Arguments go to the server.
#   POSTGRES_PASSWORD      password of the superuser postgres
#   <NAME>_PASSWORD        password of a role, for example PRODUCT_API_PASSWORD of product_api
#   PGDATA, PGHOST         data folder and folder of the socket
# Every step can be cut off by SIGKILL and is done again at the next start.
set -eu

# a command of one's own, such as psql or sh
case "${1:-}" in
  "" | -*) ;;
  postgres) shift ;;
  *) exec "$@" ;;
esac

fail() {
  echo "postgres: $1" >&2
  exit 1
}

password_variable() {
  echo "$1_PASSWORD" | tr '[:lower:]-' '[:upper:]_'
}

[ -n "${POSTGRES_PASSWORD:-}" ] || fail "POSTGRES_PASSWORD is not set"
for name in $DATABASES; do
  variable=$(password_variable "$name")
  eval "value=\${$variable:-}"
  [ -n "$value" ] || fail "$variable is not set, and DATABASES names $name"
done

# held as long as this container lives: with it, a postmaster.pid that is found is one of a dead container
mkdir -p "$(dirname "$PGDATA")"
exec 9> "$(dirname "$PGDATA")/.lock"
flock --nonblock 9 || fail "another server uses $PGDATA"

if [ ! -s "$PGDATA/PG_VERSION" ]; then
  # PGDATA appears in one rename, so it is whole when it is there
  rm -rf "$PGDATA.new"
  initdb --pgdata="$PGDATA.new" --username=postgres --encoding=UTF8 --locale=C.UTF-8 \
    --auth-local=peer --auth-host=scram-sha-256 --no-instructions > /dev/null
  if [ -e "$PGDATA" ]; then rmdir "$PGDATA" || fail "$PGDATA is neither a cluster nor empty"; fi
  mv "$PGDATA.new" "$PGDATA"
fi
rm -f "$PGDATA/postmaster.pid"

settings="-c hba_file=/etc/techcommerce/pg_hba.conf -c unix_socket_directories=$PGHOST -c password_encryption=scram-sha-256"

# roles are made by a server that nobody reaches from outside: who can connect finds them there
trap 'pg_ctl stop --silent --mode=immediate || true' EXIT
trap 'exit 143' TERM INT
pg_ctl start --silent --wait --timeout=300 \
  --options="$settings -c listen_addresses='' -c log_min_error_statement=panic"
run_sql() {
  psql --no-psqlrc --quiet --username=postgres --dbname=postgres --set=ON_ERROR_STOP=1 --file="/etc/techcommerce/$1" > /dev/null
}
run_sql superuser.sql
for name in $DATABASES; do
  eval "ROLE_PASSWORD=\$$(password_variable "$name")"
  ROLE=$name
  export ROLE ROLE_PASSWORD
  run_sql role.sql
done
trap - EXIT TERM INT
pg_ctl stop --silent --wait --mode=fast
unset POSTGRES_PASSWORD ROLE ROLE_PASSWORD
for name in $DATABASES; do unset "$(password_variable "$name")"; done

# shellcheck disable=SC2086 # settings are words
exec postgres -D "$PGDATA" $settings -c listen_addresses='*' "$@"
