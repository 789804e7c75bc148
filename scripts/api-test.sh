#!/usr/bin/env bash
# Lets schemathesis ask a running daemon all that docs/openapi.json says can be asked, and much that
# it does not say: every answer must be one that the document has, and none may be a fault.
#
#   scripts/api-test.sh            some hundred requests to each address
#   EXAMPLES=1000 scripts/api-test.sh
#
# schemathesis comes from PyPI, into a folder of the build. The server is a private one on loopback.
set -euo pipefail
cd "$(dirname "$0")/.."

root=$PWD
plumb=${PLUMB:-$root/.build/debug/plumb}
tools=$root/.build/api-test
. scripts/private.sh
begin api
fail() { printf 'api-test: %s\n' "$*" >&2; exit 1; }

if [ ! -x "$tools/bin/schemathesis" ]; then
    python3 -m venv "$tools" 2>"$work/pip.log" || { cat "$work/pip.log" >&2; fail "no venv: install python3-venv"; }
    "$tools/bin/pip" install --quiet --disable-pip-version-check schemathesis >"$work/pip.log" 2>&1 ||
        { cat "$work/pip.log" >&2; fail "schemathesis cannot be installed from PyPI"; }
fi

start_server --skip-networking --innodb-flush-log-at-trx-commit=0 --innodb-buffer-pool-size=64M

# A fleet with something of everything: a rollout that is done, one that bakes, a change that waits
# for an approval, drift, and names with markup.
for number in 0 1 2 3; do sql -e "CREATE DATABASE shop_$number"; done
repository
cat >plumb.yaml <<YAML
version: 1
namespaces:
  shop:
    schema: schema
    shards:
      - {pattern: "shop_{0..3}", hosts: ["unix:$work/m.sock"]}
environments:
  test: {namespaces: [shop], connection: {user: root}}
policy:
  approve: [lossy, irreversible]
  rollout: {waves: [{shards: 1, bake: 1d}, {percent: 100}]}
ledger: file:.plumb/ledger.git
YAML
printf 'CREATE TABLE orders (id int NOT NULL PRIMARY KEY, note text, `<b>"&'"\\'"'` int);\n' >schema/orders.sql
commit 'orders: <script>alert(1)</script>'
export PLUMB_ACTOR=ada@example.com
"$plumb" reconcile --shard shop_0 --no-wait >/dev/null 2>&1 || [ $? -eq 2 ]

umask 077
for role in read operate approve; do
    secret=$(openssl rand -hex 32)
    printf '%s %s %s\n' "$role@example.com" "$role" "$secret" >>"$work/tokens"
    printf '%s' "$secret" >"$work/$role"
done
"$plumb" daemon --interval 5s --listen 127.0.0.1:0 --tokens "$work/tokens" 2>"$work/daemon.log" &
ends_with_us $!
address=
for _ in $(seq 300); do
    port=$(sed -n 's/.*"event":"listening".*"port":"\([0-9]*\)".*/\1/p' "$work/daemon.log")
    address=${port:+http://127.0.0.1:$port}
    [ -n "$address" ] && curl --silent --fail "$address/readyz" >/dev/null && break
    sleep 0.1
done
[ -n "$address" ] || { cat "$work/daemon.log" >&2; fail "the daemon does not answer"; }
sed -i 's/, `<b>/, more int&/' schema/orders.sql
commit 'orders: more'
sql -e 'ALTER TABLE shop_0.orders ADD COLUMN by_hand int' || true

cat >"$work/schemathesis.toml" <<TOML
base-url = "$address/api/v1"
headers = { Authorization = "Bearer \${TOKEN}" }
# What is too long is refused as well.
[checks.negative_data_rejection]
expected-statuses = ["4xx", "5xx"]
TOML
for role in read approve; do
    printf '\n== as a token that may %s\n' "$role"
    # The header stands in a file, and not among the words of a command that others can list.
    TOKEN=$(cat "$work/$role") "$tools/bin/schemathesis" --config-file "$work/schemathesis.toml" run \
        "$root/docs/openapi.json" --max-examples "${EXAMPLES:-100}" --checks all --seed "${SEED:-1}" \
        --no-color || { tail -5 "$work/daemon.log" >&2; fail "the API is not as docs/openapi.json says"; }
done
grep -c '"level":"error"' "$work/daemon.log" || true
curl --silent --fail "$address/livez" >/dev/null || fail "the daemon does not answer any more"
