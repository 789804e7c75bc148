#!/usr/bin/env bash
# Measures how fast a daemon answers over HTTP with many shards while it makes its passes, and what
# that costs the passes.
#
#     bench/http.sh [SHARDS]     PLUMB=program
#
# The shards are databases with one table each on a private server. Everything is in a temporary
# folder and on loopback, and is removed when the script ends.
set -euo pipefail
cd "$(dirname "$0")/.."

shards=${1:-10000}
plumb=${PLUMB:-$PWD/.build/release/plumb}
here=$PWD/bench
. scripts/private.sh
begin http
cc -std=c11 -O2 -shared -fPIC -o "$work/nosync.so" "$here/nosync.c"
PRELOAD=$work/nosync.so start_server --skip-networking --max-connections=200 \
    --innodb-flush-log-at-trx-commit=0 --innodb-doublewrite=0 --skip-log-bin
echo "creating $shards shards"
seq -f 'shard_%05.0f' 1 "$shards" |
    sed 's/.*/CREATE DATABASE &; CREATE TABLE &.orders (id bigint NOT NULL PRIMARY KEY, note text);/' | sql

repository
cat >plumb.yaml <<YAML
version: 1
namespaces:
  app:
    schema: schema
    shards:
      - pattern: "shard_{00001..$(printf %05d "$shards")}"
        hosts: ["unix:$work/m.sock"]
environments:
  production: {namespaces: [app], connection: {user: root}}
ledger: file:.plumb/ledger.git
YAML
echo 'CREATE TABLE orders (id bigint NOT NULL PRIMARY KEY, note text);' >schema/orders.sql
commit 'Orders'
export PLUMB_ACTOR=plumb@example.com
"$plumb" reconcile >/dev/null 2>"$work/reconcile" || { cat "$work/reconcile" >&2; exit 1; }
(umask 077 && openssl rand -hex 32 >"$work/secret")
(umask 077 && printf 'reader read %s\n' "$(cat "$work/secret")" >"$work/tokens")
echo "$shards shards, $("$plumb" --version)"
python3 "$here/askers.py" "$work/secret" "$plumb" daemon --interval 1h --exact-every 1 --listen 127.0.0.1:0 \
    --tokens "$work/tokens"
