#!/usr/bin/env bash
# Fetches MariaDB 11.8 and MySQL 9 for the tests, beside the MariaDB 10.11 that Debian 12 has.
#
#     scripts/servers.sh [--require]
#
# The packages are those of Debian unstable. They are unpacked into a cache folder and run from
# there by chroot, with their own C library: nothing is installed on this machine. Mirror, proxy
# and key ring are those of the machine's own apt sources. Where the servers cannot be fetched, the
# script says why and ends with status 0, or with 1 under --require.
set -euo pipefail

require=false
[ "${1:-}" = --require ] && require=true
home=${PLUMB_SERVERS:-${XDG_CACHE_HOME:-$HOME/.cache}/plumb/servers}

# Ends without the servers: the tests then use MariaDB 10.11 alone.
without() {
    echo "servers: $*" >&2
    echo "servers: the tests use MariaDB 10.11 alone" >&2
    if $require; then exit 1; else exit 0; fi
}

[ "$(id -u)" -eq 0 ] || without "only root may chroot into another system's folder: run as root"
for program in apt-get dpkg-deb chroot; do
    command -v "$program" >/dev/null || without "$program is missing: this needs a Debian system"
done

work=$(mktemp -d "${TMPDIR:-/tmp}/plumb-servers.XXXXXX")
trap 'rm -rf "$work"' EXIT

# The address of the Debian archive in the machine's apt sources, and the key ring named there.
mirror() {
    apt-get indextargets --format '$(CREATED_BY)|$(LABEL)|$(COMPONENT)|$(REPO_URI)' 2>/dev/null |
        awk -F'|' '$1 == "Packages" && $2 == "Debian" && $3 == "main" { print $4; exit }'
}
keyring() {
    cat /etc/apt/sources.list /etc/apt/sources.list.d/*.sources /etc/apt/sources.list.d/*.list \
        2>/dev/null | grep -ioE 'signed-by[:=] *[^] ]*debian[^] ]*' | head -1 |
        sed -E 's/^[^:=]*[:=] *//' || true
}

# The first error message of the program that ran last.
complaint() { grep -iE '^[EW]:|error' "$work/log" | head -1 || true; }

# Sets up a separate apt for Debian unstable, without the packages that are installed here.
prepare_apt() {
    local address key
    address=$(mirror)
    [ -n "$address" ] ||
        without "the machine's apt sources name no Debian mirror: run apt-get update, or add one"
    key=$(keyring)
    mkdir -p "$work/state/lists/partial" "$work/cache/archives/partial"
    : >"$work/state/status"
    echo "deb ${key:+[signed-by=$key] }$address unstable main" >"$work/sources.list"
    cat >"$work/apt.conf" <<CONF
Dir::State "$work/state";
Dir::State::status "$work/state/status";
Dir::Cache "$work/cache";
Dir::Etc::SourceList "$work/sources.list";
Dir::Etc::SourceParts "/nonexistent";
Dir::Etc::Preferences "/nonexistent";
Dir::Etc::PreferencesParts "/nonexistent";
APT::Sandbox::User "root";
APT::Get::List-Cleanup "false";
CONF
    apt-get -c "$work/apt.conf" update -qq >"$work/log" 2>&1 &&
        ! grep -q '^[EW]: .*Failed to fetch' "$work/log" ||
        without "the lists of Debian unstable cannot be fetched: $(complaint)"
    prepared=true
}

# Unpacks a package and what it depends on into FOLDER, with what a chroot needs.
fetch() {
    local folder=$1 package=$2 archive
    ${prepared:-false} || prepare_apt
    rm -rf "$work/cache/archives/"*.deb "$folder.part"
    apt-get -c "$work/apt.conf" install --download-only -y -qq --no-install-recommends \
        "$package" >"$work/log" 2>&1 ||
        without "$package cannot be fetched: $(complaint)"
    mkdir -p "$folder.part"
    # A system with merged /usr: archives with files in /bin or /lib are unpacked into /usr.
    mkdir -p "$folder.part/usr/"{bin,sbin,lib,lib64}
    for name in bin sbin lib lib64; do ln -s "usr/$name" "$folder.part/$name"; done
    for archive in "$work/cache/archives/"*.deb; do
        dpkg-deb --fsys-tarfile "$archive" |
            tar -C "$folder.part" -x --keep-directory-symlink --no-same-owner
    done
    mkdir -p "$folder.part/"{dev,tmp,run,data,etc}
    mknod -m 666 "$folder.part/dev/null" c 1 3
    mknod -m 666 "$folder.part/dev/urandom" c 1 9
    mknod -m 666 "$folder.part/dev/random" c 1 8
    chmod 1777 "$folder.part/tmp"
    echo 'root:x:0:0:root:/root:/bin/sh' >"$folder.part/etc/passwd"
    echo 'root:x:0:' >"$folder.part/etc/group"
    rm -rf "$folder"
    mv "$folder.part" "$folder"
}

# Makes FOLDER/template, a data folder whose root has no password: each server gets a copy.
initialise() {
    local folder=$1 program=$2 options=(--no-defaults --user=root --datadir=/template.part)
    local scripts=$folder/usr/share/mariadb
    rm -rf "$folder/template.part"
    mkdir "$folder/template.part"
    if [ "$program" = mysqld ]; then
        chroot "$folder" /usr/sbin/mysqld "${options[@]}" --initialize-insecure \
            --innodb-redo-log-capacity=8M >"$work/log" 2>&1
    else
        # mariadb-install-db does the same, and needs a shell that the folder does not have.
        {
            printf '%s;\n' 'CREATE DATABASE mysql' 'USE mysql' 'SET @auth_root_socket = NULL'
            cat "$scripts/mariadb_system_tables.sql" "$scripts/mariadb_performance_tables.sql" \
                "$scripts/mariadb_system_tables_data.sql" "$scripts/mariadb_sys_schema.sql"
        } | chroot "$folder" /usr/sbin/mariadbd "${options[@]}" --bootstrap \
            --skip-log-bin --innodb-log-file-size=8M >"$work/log" 2>&1
    fi || without "$folder/usr/sbin/$program makes no data folder: $(complaint)"
    mv "$folder/template.part" "$folder/template"
}

version_in() { sed -E 's/^[^ ]+ +//; s/ for .*//' <<<"$1"; }

# Makes sure that FOLDER has PROGRAM in a wanted version, and says which.
provide() {
    local folder=$home/$1 package=$2 program=$3 wanted=$4 version
    [ -x "$folder/usr/sbin/$program" ] || fetch "$folder" "$package"
    version=$(chroot "$folder" "/usr/sbin/$program" --no-defaults --version 2>&1) ||
        without "$folder/usr/sbin/$program does not run: $version"
    if [[ $version != *$wanted* ]]; then
        rm -rf "$folder"
        echo "servers: Debian unstable has no $1 any more: $version" >&2
        ! $require || exit 1
        return 0
    fi
    [ -d "$folder/template" ] || initialise "$folder" "$program"
    echo "$folder: $(version_in "$version")"
}

mkdir -p "$home"
installed=$(mariadbd --no-defaults --version 2>/dev/null) ||
    installed="mariadbd missing: make setup"
echo "mariadb-10.11: $(version_in "$installed")"
provide mariadb-11.8 mariadb-server-core mariadbd "Ver 11.8."
provide mysql-9 mysql-server-core mysqld "Ver 9."
