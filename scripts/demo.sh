#!/usr/bin/env bash
# Shows a plan, an approval, a rollout and drift on three private MariaDB servers with 24 shards.
#
# Everything is in a temporary folder and on loopback, and is removed when the script ends.
set -euo pipefail
cd "$(dirname "$0")/.."

root=$PWD
plumb=$root/.build/debug/plumb
work=$(mktemp -d "${TMPDIR:-/tmp}/plumb-demo.XXXXXX")
servers=()

finish() {
    for server in "${servers[@]}"; do kill "$server" 2>/dev/null || true; done
    for server in "${servers[@]}"; do wait "$server" 2>/dev/null || true; done
    rm -rf "$work"
}
trap finish EXIT

bold=''; plain=''
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then bold=$'\e[1m'; plain=$'\e[0m'; fi

step() { printf '\n%s== %s%s\n' "$bold" "$*" "$plain"; }
# Runs a command as a user would see it, and checks the exit status that is expected. Progress is
# a bar on a terminal; in a log it would be a line for every operation, so it is left out there.
expect() {
    local wanted=$1; shift
    printf '\n%s$ %s%s\n' "$bold" "${*/#$plumb/plumb}" "$plain"
    local status=0
    if [ -t 2 ]; then "$@" || status=$?; else "$@" 2>"$work/progress" || status=$?; fi
    if [ "$status" -ne "$wanted" ]; then
        [ -t 2 ] || cat "$work/progress" >&2
        echo "demo: expected exit status $wanted, got $status" >&2
        exit 1
    fi
}
sql() { mariadb --no-defaults --user=root --socket="$work/$1/m.sock" --batch --skip-column-names -e "$2"; }
commit() { git -C "$work/repo" add -A; git -C "$work/repo" commit --quiet -m "$1"; }

free_port() {
    python3 - 2>/dev/null <<'PY' || echo $((20000 + RANDOM))
import socket
s = socket.socket()
s.bind(("127.0.0.1", 0))
print(s.getsockname()[1])
PY
}

step "Three private MariaDB servers, 24 empty shards"
mariadbd=$(command -v mariadbd || echo /usr/sbin/mariadbd)
for number in 1 2 3; do
    mkdir -p "$work/$number"
    # Forced, because it refuses a machine that cannot look up its own name.
    mariadb-install-db --no-defaults --user="$(id -un)" --datadir="$work/$number/data" --force \
        --auth-root-authentication-method=normal --skip-test-db >"$work/$number/log" 2>&1 ||
        { cat "$work/$number/log" >&2; exit 1; }
    port=$(free_port)
    echo "$port" >"$work/$number/port"
    "$mariadbd" --no-defaults --user="$(id -un)" --datadir="$work/$number/data" \
        --socket="$work/$number/m.sock" --bind-address=127.0.0.1 --port="$port" \
        --innodb-flush-log-at-trx-commit=0 --innodb-buffer-pool-size=64M \
        --log-bin=log --server-id="$number" --binlog-format=ROW --sync-binlog=0 \
        --character-set-server=utf8mb4 --collation-server=utf8mb4_general_ci \
        >"$work/$number/log" 2>&1 &
    servers+=($!)
done
for number in 1 2 3; do
    for _ in $(seq 200); do sql $number 'SELECT 1' >/dev/null 2>&1 && break; sleep 0.1; done
    sql $number 'SELECT 1' >/dev/null || { tail "$work/$number/log" >&2; exit 1; }
done
for number in $(seq 0 15); do
    sql $((number / 8 + 1)) "CREATE DATABASE $(printf 'commerce_%02d' "$number")"
done
for number in $(seq 0 7); do sql 3 "CREATE DATABASE identity_$number"; done

step "A schema repository in git"
cp -r examples/quickstart "$work/repo"
for number in 1 2 3; do
    sed -i "s/127.0.0.1:331$number/127.0.0.1:$(cat "$work/$number/port")/" "$work/repo/plumb.yaml"
done
cd "$work/repo"
git init --quiet --initial-branch=main
git config user.name "Ada"
git config user.email "ada@example.com"
echo .plumb >.gitignore
commit "commerce and identity: the first schema"
export PLUMB_ACTOR=grace@example.com
git log --oneline
expect 0 "$plumb" validate

step "First convergence"
expect 2 "$plumb" plan
expect 0 "$plumb" reconcile
expect 0 "$plumb" drift

step "A commit adds a column and an index"
sed -i 's/^  note .*/&\n  refunded    DECIMAL(12,2) NOT NULL DEFAULT 0,/; s/^  KEY by_customer.*/&\n  KEY by_status (status),/' \
    schema/commerce/orders.sql
commit "orders: track refunds, find them by status"
expect 2 "$plumb" plan
expect 0 "$plumb" reconcile

step "Somebody alters one shard behind plumb's back"
sql 2 "ALTER TABLE commerce_11.orders DROP KEY by_status"
expect 2 "$plumb" drift
expect 0 "$plumb" reconcile --heal --shard commerce_11

step "A commit drops a column: nothing runs without an approval"
sed -i '/^  note /d' schema/commerce/orders.sql
commit "orders: notes moved to their own service"
expect 3 "$plumb" reconcile
expect 0 "$plumb" approve --all --reason "notes were copied on Friday"
expect 0 "$plumb" reconcile

step "kill -9 in the middle of a rollout, then the next run"
for number in $(seq 0 15); do
    sql $((number / 8 + 1)) "
        USE $(printf 'commerce_%02d' "$number");
        INSERT INTO customers (email)
            SELECT CONCAT(seq, '@example.com') FROM seq_1_to_1000;
        INSERT INTO orders (customer_id, total)
            SELECT 1 + seq % 1000, seq FROM seq_1_to_40000;"
done
sed -i 's/DECIMAL(12,2) NOT NULL DEFAULT 0,/DECIMAL(14,2) NOT NULL DEFAULT 0,/' schema/commerce/orders.sql
commit "orders: larger amounts"
printf '\n%s$ plumb reconcile &%s\n' "$bold" "$plain"
"$plumb" reconcile >"$work/killed.out" 2>"$work/killed.err" &
victim=$!
for _ in $(seq 600); do
    [ "$(grep -c ' done ' "$work/killed.err" || true)" -ge 4 ] && break
    sleep 0.05
done
printf '\n%s$ kill -9 %s%s\n' "$bold" "$victim" "$plain"
kill -9 "$victim"
wait "$victim" 2>/dev/null || true
cat "$work/killed.err"
expect 2 "$plumb" status
expect 0 "$plumb" reconcile
expect 0 "$plumb" drift

step "A canary that bakes; a stop, a start, and the change taken back"
sed -i 's/^    waves: .*/    waves: [{shards: 1, bake: 2s}, {percent: 100}]/' plumb.yaml
sed -i "s/^  refunded .*/&\n  channel     VARCHAR(20) NOT NULL DEFAULT '',/" schema/commerce/orders.sql
commit "orders: the channel of a sale"
expect 2 "$plumb" reconcile --no-wait
expect 0 "$plumb" stop --reason "the canary is slow"
expect 3 "$plumb" reconcile
expect 0 "$plumb" start --reason "it was the load test"
expect 0 "$plumb" reconcile
expect 3 env PLUMB_ACTOR=ada@example.com "$plumb" rollback --reason "the shop cannot read it"
expect 0 "$plumb" approve --all --reason "nothing was written to it"
expect 0 "$plumb" reconcile
expect 0 "$plumb" status
git revert --no-edit HEAD >/dev/null
expect 0 "$plumb" reconcile

step "A large table gets another type while it is written"
cat >schema/commerce/events.sql <<'SQL'
CREATE TABLE events (
  id     INT NOT NULL AUTO_INCREMENT,
  amount INT NOT NULL,
  PRIMARY KEY (id),
  KEY by_amount (amount)
);
SQL
sed -i 's/^policy:/policy:\n  online: {below: 1MB, keep: 0s}/' plumb.yaml
commit "events, which are copied online"
expect 0 "$plumb" reconcile
sql 1 "USE commerce_00; INSERT INTO events (amount) SELECT seq FROM seq_1_to_200000; ANALYZE TABLE events" >/dev/null
sql 1 "CREATE DATABASE writer; CREATE TABLE writer.busy (id INT); INSERT INTO writer.busy VALUES (1)"
mariadb --no-defaults --user=root --socket="$work/1/m.sock" writer <<'SQL'
DELIMITER //
CREATE PROCEDURE run()
BEGIN
  DECLARE rows_written, longest INT DEFAULT 0;
  WHILE (SELECT COUNT(*) FROM busy) > 0 DO
    SET @began = SYSDATE(6);
    UPDATE commerce_00.events SET amount = amount + 1 WHERE id = 1 + FLOOR(RAND() * 200000);
    SET longest = GREATEST(longest, TIMESTAMPDIFF(MICROSECOND, @began, SYSDATE(6)));
    SET rows_written = rows_written + 1;
    DO SLEEP(0.002);
  END WHILE;
  SELECT CONCAT(rows_written, ' updates meanwhile, the longest took ', ROUND(longest / 1000), ' ms');
END //
SQL
sql 1 "CALL writer.run()" >"$work/writer" &
writer=$!
sed -i 's/amount INT/amount BIGINT/' schema/commerce/events.sql
commit "events: larger amounts"
expect 2 "$plumb" plan
printf '\n%s$ plumb reconcile%s\n' "$bold" "$plain"
"$plumb" reconcile 2>"$work/progress"
grep 'done .*commerce_00/' "$work/progress"
sql 1 "DELETE FROM writer.busy"
wait "$writer"
cat "$work/writer"

step "What was recorded"
expect 0 "$plumb" store verify
expect 0 "$plumb" log --limit 8
printf '\n%s$ git -C .plumb/ledger.git log --oneline demo | wc -l%s\n' "$bold" "$plain"
git -C .plumb/ledger.git log --oneline demo | wc -l
git -C .plumb/ledger.git fsck --no-dangling

step "Done"
