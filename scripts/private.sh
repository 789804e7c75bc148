#!/usr/bin/env bash
# Functions for scripts that work in a folder of their own with a private MariaDB server; read with
# `. scripts/private.sh`, not run. The folder is $work; at the end of the script everything that was
# started ends, and the folder goes.

work=
private_processes=()

# begin NAME: makes the folder. A function `at_end` of the script, where there is one, is called first.
begin() {
    work=$(mktemp -d "${TMPDIR:-/tmp}/plumb-$1.XXXXXX")
    trap private_end EXIT
}

private_end() {
    ! declare -F at_end >/dev/null || at_end
    for process in "${private_processes[@]}"; do kill "$process" 2>/dev/null || true; done
    for process in "${private_processes[@]}"; do wait "$process" 2>/dev/null || true; done
    rm -rf "$work"
}

# ends_with_us PID: that process is ended with the script.
ends_with_us() { private_processes+=("$1"); }

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# start_server OPTION…: a server with an empty root password behind $work/m.sock; PRELOAD=library loads one first.
start_server() {
    # Forced, because it refuses a machine that cannot look up its own name.
    mariadb-install-db --no-defaults --user="$(id -un)" --datadir="$work/data" --force \
        --auth-root-authentication-method=normal --skip-test-db >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
    LD_PRELOAD=${PRELOAD:-} "$(command -v mariadbd || echo /usr/sbin/mariadbd)" --no-defaults --user="$(id -un)" \
        --datadir="$work/data" --socket="$work/m.sock" --tmpdir="$work" "$@" >"$work/log" 2>&1 &
    ends_with_us $!
    local tries
    for tries in $(seq 200); do
        ! sql -e 'SELECT 1' >/dev/null 2>&1 || return 0
        sleep 0.1
    done
    cat "$work/log" >&2
    echo "the private server does not answer after $tries tries" >&2
    exit 1
}

sql() { mariadb --no-defaults --user=root --socket="$work/m.sock" --batch --skip-column-names "$@"; }

# repository: an empty one in $work/repo, which is the folder of the script from then on.
repository() {
    mkdir -p "$work/repo/schema"
    cd "$work/repo" || exit 1
    git init --quiet --initial-branch=main
    git config user.name plumb
    git config user.email plumb@example.com
    echo .plumb >.gitignore
}

commit() { git add -A && git commit --quiet -m "$1"; }

# orders N [FILE]: a revision of the repository with N columns beside the key.
orders() {
    {
        echo "CREATE TABLE orders (id bigint NOT NULL PRIMARY KEY"
        local column
        for column in $(seq 1 "$1"); do echo ", c$column int"; done
        echo ");"
    } >"${2:-schema/orders.sql}"
    commit "Revision $1"
}
