#!/usr/bin/env bash
# Measures what more daemons bring: one rollout over many shards on servers that answer slowly, by
# 1, 2 and 4 daemons, against the same statements by as many plain clients as the daemons have
# operations at once.
#
#     bench/daemons.sh [SHARDS [DAEMONS…]]     DELAY=20 (milliseconds) SERVERS=40 LEDGER=database|git
#
# Everything is in a temporary folder and on loopback, and is removed when the script ends.
set -euo pipefail
cd "$(dirname "$0")/.."

shards=${1:-1000}
shift || true
counts=${*:-1 2 4}
delay=${DELAY:-20}
servers=${SERVERS:-40}
plumb=${PLUMB:-$PWD/.build-release/release/plumb}
[ -x "$plumb" ] || plumb=$PWD/.build/release/plumb
total=8 # operations of one daemon at once, on four servers
here=$PWD/bench
. scripts/private.sh
begin daemons
port=$(free_port)
slow=$(free_port)
start_server --bind-address=127.0.0.1 --port="$port" --skip-name-resolve --max-connections=2000 \
    --table-open-cache=8000 --innodb-flush-log-at-trx-commit=0 --skip-log-bin
sql -e "CREATE USER plumb@'127.0.0.1' IDENTIFIED BY 'plumb'; GRANT ALL ON *.* TO plumb@'127.0.0.1'"
names() { seq -f 'shard_%04.0f' 1 "$shards"; }
names | sed 's/.*/CREATE DATABASE &;/' | sql
python3 "$here/delay.py" "$slow" "$port" "$delay" "$servers" >"$work/delay" &
ends_with_us $!
until grep -q ready "$work/delay"; do sleep 0.1; done

case ${LEDGER:-database} in
git) ledger="file:$work/ledger.git" ;;
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
      - pattern: "shard_{0001..$(printf %04d "$shards")}"
        hosts: ["127.0.0.{2..$((servers + 1))}:$slow"]
environments:
  production:
    namespaces: [app]
    connection: {user: plumb, password_env: BENCH_PASSWORD, tls: {mode: disabled}}
policy: {rollout: {concurrency: {total: $total, per_host: 2}}}
YAML
export BENCH_PASSWORD=plumb PLUMB_ACTOR=plumb@example.com
columns=-1
revision() {
    columns=$((columns + 1))
    orders "$columns"
}
changed() {
    sql -e "SELECT COUNT(*) FROM information_schema.columns
        WHERE table_schema LIKE 'shard%' AND column_name = '$1'"
}
# Prints the seconds from the first changed shard to the last.
watch() {
    python3 - "$work/m.sock" "$1" "$shards" <<'PYTHON'
import subprocess, sys, time
socket, column, shards = sys.argv[1], sys.argv[2], int(sys.argv[3])
client = subprocess.Popen(
    ["mariadb", "--no-defaults", "--user=root", f"--socket={socket}", "--batch", "--skip-column-names", "-n"],
    stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={"PATH": "/usr/bin:/bin"})
first = None
while True:
    client.stdin.write(f"SELECT COUNT(*) FROM information_schema.columns WHERE table_schema LIKE 'shard%' AND column_name = '{column}';\n")
    client.stdin.flush()
    count = int(client.stdout.readline())
    now = time.time()
    if count and first is None:
        first = now
    if count >= shards:
        break
    time.sleep(0.1)
print(f"{now - first:.2f}")
PYTHON
}
# The same statements by $1 plain clients at once, each on its own shards.
floor() {
    local clients=$1 column=$2 number pids=()
    for number in $(seq 0 $((clients - 1))); do
        names | awk -v n="$number" -v of="$clients" -v c="$column" 'NR % of == n {
            print "SELECT GET_LOCK(\"bench " $1 "\", 0); SHOW CREATE TABLE " $1 ".orders;"
            print "ALTER TABLE " $1 ".orders ADD COLUMN " c " int, ALGORITHM=INSTANT;"
            print "SHOW CREATE TABLE " $1 ".orders; SELECT RELEASE_LOCK(\"bench " $1 "\");" }' |
            mariadb --no-defaults --user=plumb --password=plumb --host="127.0.0.$((2 + number % servers))" \
                --port="$slow" >/dev/null &
        pids+=($!)
    done
    wait "${pids[@]}"
}

revision
"$plumb" reconcile >/dev/null 2>&1
echo "$shards shards on $servers servers that answer after $delay ms, $total operations at once for each daemon, ledger ${LEDGER:-database}"
one=
for count in $counts; do
    column=floor$count
    began=$(date +%s.%N)
    floor $((count * total)) "$column"
    alone=$(echo "$(date +%s.%N) - $began" | bc)
    names | sed "s/.*/ALTER TABLE &.orders DROP COLUMN $column;/" | sql
    daemons=()
    for number in $(seq "$count"); do
        "$plumb" daemon --interval 1h >/dev/null 2>"$work/daemon$number.log" &
        daemons+=($!)
        ends_with_us $!
        until grep -qE '"event":"(waiting|pass)"' "$work/daemon$number.log"; do sleep 0.2; done
    done
    revision
    watch "c$columns" >"$work/seconds" &
    watcher=$!
    kill -HUP "${daemons[0]}"
    wait $watcher
    took=$(cat "$work/seconds")
    one=${one:-$took}
    helped=$({ grep -l '"assisting"' "$work"/daemon*.log || true; } | wc -l)
    for pid in "${daemons[@]}"; do kill "$pid"; wait "$pid" || true; done
    printf '%s daemons: %6.2f s, of one: %.2f×; the statements alone by %s clients: %.2f s, of them: %.2f×; %s helped\n' \
        "$count" "$took" "$(echo "$one / $took" | bc -l)" $((count * total)) "$alone" \
        "$(echo "$took / $alone" | bc -l)" "$helped"
    rm -f "$work"/daemon*.log
done
"$plumb" store verify
