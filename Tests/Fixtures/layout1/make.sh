#!/usr/bin/env bash
# Makes the ledger of layout 1 that Layout1Tests reads, and the schema repository that it is about.
#
#     PLUMB=/path/to/plumb Tests/Fixtures/layout1/make.sh
#
# PLUMB has to be a plumb that writes layout 1. The story: four shards converge; a column of
# `orders` goes with an approval of all four; an instant change of `wide` is refused by s0, with an
# approval of which no shard made use; a step of `extra` is denied; while a column of `items` goes,
# the run is killed when s0 is done and s1 has begun. The approvals have expired a minute later.
set -euo pipefail

out=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
user=()
[ "$(id -u)" = 0 ] && user=(--user=root)
mariadb-install-db --no-defaults --datadir="$work/data" --auth-root-authentication-method=normal \
    --skip-test-db "${user[@]}" >/dev/null
/usr/sbin/mariadbd --no-defaults --datadir="$work/data" --socket="$work/m.sock" \
    --skip-networking "${user[@]}" 2>"$work/error.log" &
server=$!
trap 'kill -9 $server; rm -rf "$work"' EXIT
sql() { mariadb --no-defaults -u root -S "$work/m.sock" "$@"; }
until sql -e 'SELECT 1' >/dev/null 2>&1; do sleep 0.1; done

mkdir -p "$work/repo/schema/app"
cd "$work/repo"
git init -q -b main
export PLUMB_ACTOR=ci@example.com NO_COLOR=1
commit() {
    git add -A
    git -c user.name=ada -c user.email=ada@example.com commit -q -m "$1"
}
reconcile() {
    local status=0
    "$PLUMB" reconcile >"$work/report" 2>&1 || status=$?
    [ "$status" = "$1" ] || { cat "$work/report"; exit 1; }
}
table() { printf 'CREATE TABLE %s (\n  id int PRIMARY KEY%s\n);\n' "$1" "$2" >"schema/app/$1.sql"; }

{
    printf 'version: 1\nnamespaces:\n  app:\n    schema: schema/app\n    shards:\n'
    for shard in 0 1 2 3; do
        sql -e "CREATE DATABASE app_$shard"
        echo "      - {name: s$shard, host: \"unix:$work/m.sock\", database: app_$shard}"
    done
    printf 'environments:\n'
    printf '  production: {namespaces: [app], connection: {user: root, tls: {mode: disabled}}}\n'
    printf 'policy:\n  approvers: {minimum: 1, not_author: false}\n'
    printf '  rollout: {concurrency: {total: 1, per_host: 1}}\n'
    printf 'ledger: "file:../ledger.git"\n'
} >plumb.yaml
fixed=$(printf ',\n  c%s binary(255)' 1 2 3 4)
more=$(printf ',\n  x%s binary(255)' 1 2 3 4)
table orders ',
  customer bigint NOT NULL,
  note varchar(100)'
table items ',
  price int,
  old int'
table extra ',
  a int,
  b int'
table wide "$fixed$more"
commit First
reconcile 0

table orders ',
  customer bigint NOT NULL'
commit 'Drop the notes'
reconcile 3
"$PLUMB" approve --all --reason 'nobody reads them' --expires 1m >/dev/null
reconcile 0

adds='ADD COLUMN x1 binary(255), ADD COLUMN x2 binary(255), ADD COLUMN x3 binary(255),
    ADD COLUMN x4 binary(255)'
drops='DROP COLUMN x1, DROP COLUMN x2, DROP COLUMN x3, DROP COLUMN x4'
sql app_0 -e 'ALTER TABLE wide ADD COLUMN y int, ALGORITHM=INSTANT'
sql app_0 -e "ALTER TABLE wide DROP COLUMN y, $drops, ALGORITHM=INSTANT"
while true; do
    sql app_0 -e "ALTER TABLE wide $adds, ALGORITHM=INSTANT"
    sql app_0 -e "ALTER TABLE wide $drops, ALGORITHM=INSTANT" 2>/dev/null || break
done
table wide "$fixed"
commit 'Narrow the wide table'
reconcile 3
"$PLUMB" approve --all --reason 'never used' --expires 1m >/dev/null
reconcile 4
table wide "$fixed$more"
table extra ',
  a int'
commit 'Keep it wide; drop b'
reconcile 3
"$PLUMB" deny --all --reason 'b is read by a report' >/dev/null
reconcile 5

table extra ',
  a int,
  b int'
table items ',
  price int'
commit 'Keep b; drop the old price'
reconcile 3
"$PLUMB" approve --all --reason 'old prices are in the archive' --expires 1m >/dev/null
# A reader holds the table of s1, so that the statement waits there.
(echo 'START TRANSACTION; SELECT * FROM items; SELECT SLEEP(600);' | sql app_1) >/dev/null 2>&1 &
until sql -e 'SHOW PROCESSLIST' | grep -q 'SELECT SLEEP'; do sleep 0.1; done
"$PLUMB" reconcile >/dev/null 2>&1 &
run=$!
until sql -e 'SHOW PROCESSLIST' | grep -q 'Waiting for table metadata lock'; do sleep 0.1; done
kill -9 $run
wait $run 2>/dev/null || true

git bundle create -q "$out/repository.bundle" main
git -C "$work/ledger.git" bundle create -q "$out/ledger.bundle" production
git -C "$work/ledger.git" log --format=%s production
git -C "$work/ledger.git" ls-tree -r --name-only production | cut -c1-90
