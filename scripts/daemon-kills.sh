#!/usr/bin/env bash
# Kills daemons with `kill -9` at random moments: three of them serve 100 shards on ten servers, as
# far as they can tell, with one ledger in a database. KILLS times in all; then the server's log,
# the ledger and the shards are asked whether anything was lost or done twice. With LEDGER=cluster
# the ledger is in a Galera cluster of three nodes, and it is they who are killed.
#
#     scripts/daemon-kills.sh [KILLS]     LEDGER=database|git|cluster SHARDS=100 DAEMONS=3 PLUMB=path SEED=n
#         AT_MOST=9 kills in one revision
#
# Everything is in a temporary folder and on sockets, and is removed when the script ends.
set -euo pipefail
cd "$(dirname "$0")/.."

kills=${1:-1000}
shards=${SHARDS:-100}
daemons=${DAEMONS:-3}
plumb=${PLUMB:-$PWD/.build-release/release/plumb}
[ -x "$plumb" ] || plumb=$PWD/.build/debug/plumb
scripts=$PWD/scripts
. scripts/private.sh
cluster=
pids=()
at_end() {
    [ -z "$cluster" ] || "$scripts/cluster.sh" stop "$cluster" >/dev/null 2>&1 || true
    for pid in "${pids[@]}"; do kill -9 "$pid" 2>/dev/null || true; done
}
begin daemon-kills
start_server --skip-networking --max-connections=1000 --general-log=1 --general-log-file="$work/general.log"
for number in $(seq 1 "$shards"); do echo "CREATE DATABASE shard_$(printf %03d "$number");"; done | sql
for number in 0 1 2 3 4 5 6 7 8 9; do ln -s m.sock "$work/m$number.sock"; done

case ${LEDGER:-database} in
git) ledger="file:$work/ledger.git" ;;
cluster)
    cluster=$("$scripts/cluster.sh" start | sed -n 's/.*cluster.sh stop \([^ ]*\).*/\1/p' | head -1)
    ledger="mysql://root@unix:$cluster/1/m.sock,unix:$cluster/2/m.sock,unix:$cluster/3/m.sock/ledger"
    ;;
*) ledger="mysql://root@unix:$work/m.sock/ledger" ;;
esac
repository
cat >plumb.yaml <<YAML
version: 1
ledger: "$ledger"
namespaces:
  app:
    schema: schema
    shards:
      - pattern: "shard_{001..$(printf %03d "$shards")}"
        hosts: ["unix:$work/m{0..9}.sock"]
environments:
  production: {namespaces: [app], connection: {user: root}}
policy:
  rollout: {waves: [{shards: 5}, {percent: 100}], concurrency: {total: 6, per_host: 2}}
YAML
# How many shards have as many columns as revision $1.
converged() {
    sql -e "SELECT COUNT(*) FROM (SELECT COUNT(*) AS n FROM information_schema.columns
        WHERE table_name = 'orders' GROUP BY table_schema) AS t WHERE n = $1 + 1"
}
# Starts daemon $1.
start() {
    "$plumb" daemon --interval 2s >/dev/null 2>>"$work/daemon$1.log" &
    pids[$1]=$!
}
# Kills a node of the cluster, and starts it again; says for how long the rollout stood still.
kill_node() {
    local node=$((1 + RANDOM % 3)) last now moved
    kill -9 "$(cat "$cluster/$node/pid")"
    done_kills=$((done_kills + 1))
    round=0
    last=$(changed $revisions)
    moved=$(date +%s%N)
    while [ "$last" -lt "$shards" ]; do
        now=$(changed $revisions)
        if [ "$now" -ne "$last" ]; then
            pause=$((($(date +%s%N) - moved) / 1000000))
            [ "$pause" -le "$longest_pause" ] || longest_pause=$pause
            last=$now
            moved=$(date +%s%N)
        fi
        [ $(($(date +%s) - began)) -lt 300 ] || break
        sleep 0.02
    done
    "$scripts/cluster.sh" node "$cluster" "$node" >/dev/null
}
# How many shards have the column of revision $1.
changed() {
    sql -e "SELECT COUNT(*) FROM information_schema.columns
        WHERE table_schema LIKE 'shard%' AND table_name = 'orders' AND column_name = 'c$1'"
}
longest_pause=0
export PLUMB_ACTOR=plumb@example.com

orders 0
"$plumb" reconcile >/dev/null 2>&1
seed=${SEED:-$RANDOM}
RANDOM=$seed
echo "seed $seed, $shards shards, $daemons daemons, $kills kills of $plumb, ledger ${LEDGER:-database}"
for number in $(seq 0 $((daemons - 1))); do start "$number"; done
done_kills=0
revisions=0
longest=0
while [ "$done_kills" -lt "$kills" ]; do
    revisions=$((revisions + 1))
    orders $revisions
    began=$(date +%s)
    round=$((RANDOM % (${AT_MOST:-9} + 1)))
    if [ -n "$cluster" ]; then
        # A node is killed once the rollout is under way.
        round=1
        while [ "$(changed $revisions)" -lt $((1 + RANDOM % (shards / 2))) ]; do sleep 0.05; done
    fi
    while [ "$(converged $revisions)" -ne "$shards" ]; do
        if [ "$round" -gt 0 ] && [ "$done_kills" -lt "$kills" ]; then
            [ -n "$cluster" ] || sleep "0.$(printf %03d $((RANDOM % 900)))"
            if [ -n "$cluster" ]; then
                kill_node
                continue
            fi
            victim=$((RANDOM % daemons))
            if kill -9 "${pids[$victim]}" 2>/dev/null; then
                done_kills=$((done_kills + 1))
                round=$((round - 1))
            fi
            wait "${pids[$victim]}" 2>/dev/null || true
            start "$victim"
        else
            sleep 0.2
        fi
        [ $(($(date +%s) - began)) -lt 300 ] || {
            echo "FAULT: revision $revisions did not converge in five minutes" >&2
            tail -n 3 "$work"/daemon*.log >&2
            exit 1
        }
    done
    took=$(($(date +%s) - began))
    [ "$took" -le "$longest" ] || longest=$took
    [ $((revisions % 20)) -ne 0 ] || echo "$done_kills kills, $revisions revisions"
done
for pid in "${pids[@]}"; do kill "$pid"; done
for pid in "${pids[@]}"; do wait "$pid" || true; done
pids=()

"$plumb" store verify
"$plumb" log --limit 10000000 --output json >"$work/log.json"
sql -e "SELECT table_schema, COUNT(*) FROM information_schema.columns
    WHERE table_name = 'orders' GROUP BY 1" >"$work/columns"
python3 "$scripts/kills.py" "$work" "$shards" "$revisions"
echo "$done_kills kills, $revisions revisions converged on $shards shards; the longest took $longest s"
[ -z "$cluster" ] || echo "the longest pause after a node was killed: $longest_pause ms"
