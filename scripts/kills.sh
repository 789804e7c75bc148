#!/usr/bin/env bash
# Kills plumb with `kill -9` at random moments of rollouts over 50 shards, KILLS times in all, and
# then asks the server's log, the ledger and the shards whether anything was lost or done twice.
#
# Everything is in a temporary folder and on a socket, and is removed when the script ends.
set -euo pipefail
cd "$(dirname "$0")/.."

kills=${1:-1000}
shards=${SHARDS:-50}
plumb=${PLUMB:-$PWD/.build-release/release/plumb}
[ -x "$plumb" ] || plumb=$PWD/.build/debug/plumb
. scripts/private.sh
begin kills
start_server --skip-networking --general-log=1 --general-log-file="$work/general.log"
for number in $(seq 1 "$shards"); do echo "CREATE DATABASE shard_$(printf %03d "$number");"; done | sql

root=$PWD
repository
cat >plumb.yaml <<YAML
version: 1
namespaces:
  app:
    schema: schema
    shards:
      - pattern: "shard_{001..$(printf %03d "$shards")}"
        hosts: ["unix:$work/m.sock"]
environments:
  production: {namespaces: [app], connection: {user: root}}
policy:
  rollout: {waves: [{shards: 5}, {percent: 100}], concurrency: {total: 8, per_host: 8}}
YAML
export PLUMB_ACTOR=plumb@example.com

orders 0
"$plumb" reconcile >/dev/null 2>&1
seed=${SEED:-$RANDOM}
RANDOM=$seed
echo "seed $seed, $shards shards, $kills kills of $plumb"
done_kills=0
revisions=0
runs=0
while [ "$done_kills" -lt "$kills" ]; do
    revisions=$((revisions + 1))
    orders $revisions
    while true; do
        runs=$((runs + 1))
        "$plumb" reconcile >"$work/out" 2>&1 &
        victim=$!
        if [ "$done_kills" -lt "$kills" ] && [ $((RANDOM % 6)) -ne 0 ]; then
            sleep "0.$(printf %03d $((RANDOM % 450)))"
            if kill -9 "$victim" 2>/dev/null; then done_kills=$((done_kills + 1)); fi
        fi
        status=0
        wait "$victim" 2>/dev/null || status=$?
        [ "$status" -ne 0 ] || break
        [ "$status" -eq 137 ] || [ "$status" -eq 2 ] || [ "$status" -eq 6 ] || {
            echo "a run ended with $status" >&2
            cat "$work/out" >&2
            exit 1
        }
    done
    [ $((revisions % 20)) -ne 0 ] || echo "$done_kills kills, $runs runs, $revisions revisions"
done

"$plumb" store verify
"$plumb" log --limit 10000000 --output json >"$work/log.json"
sql -e "SELECT table_schema, COUNT(*) FROM information_schema.columns
    WHERE table_name = 'orders' GROUP BY 1" >"$work/columns"
python3 "$root/scripts/kills.py" "$work" "$shards" "$revisions"
echo "$done_kills kills in $runs runs, $revisions revisions converged on $shards shards"
