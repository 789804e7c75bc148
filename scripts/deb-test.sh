#!/usr/bin/env bash
# Installs a package into a Debian 12 of its own, without Swift, and runs it there:
#
#     scripts/deb-test.sh .build-package/plumb_….deb
#
# The system is made by debootstrap from the mirror of the machine's own apt sources, and kept in
# ~/.cache/plumb/debian-12 (or PLUMB_DEBIAN), so that a second run fetches nothing.
set -euo pipefail
cd "$(dirname "$0")/.."

package=$(realpath "$1")
home=${PLUMB_DEBIAN:-${XDG_CACHE_HOME:-$HOME/.cache}/plumb/debian-12}

fail() { echo "deb-test: $*" >&2; exit 1; }

[ "$(id -u)" -eq 0 ] || fail "only root may make a system in a folder and chroot into it: run as root"
missing=()
for program in debootstrap lintian; do
    command -v "$program" >/dev/null || missing+=("$program")
done
command -v systemd-nspawn >/dev/null || missing+=(systemd-container)
if [ ${#missing[@]} -gt 0 ]; then
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
        "${missing[@]}" >/dev/null
fi

work=$(mktemp -d "${TMPDIR:-/tmp}/plumb-deb-test.XXXXXX")
# What runs in the system ends with its process namespace, which ends first.
trap 'rm -rf "$work"' EXIT
root=$work/root

# Runs a command in the system, with processes and mounts of its own that end with it.
inside() {
    unshare --mount --pid --fork --kill-child bash -c '
        mount -t proc proc "$0/proc" && exec chroot "$0" /usr/bin/env -i \
            PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"
    ' "$root" "$@"
}

# The Debian archive in the machine's apt sources.
mirror() {
    apt-get indextargets --format '$(CREATED_BY)|$(LABEL)|$(COMPONENT)|$(REPO_URI)' 2>/dev/null |
        awk -F'|' '$1 == "Packages" && $2 == "Debian" && $3 == "main" { print $4; exit }'
}

# A Debian 12 with what the test needs beside the package: a server, and git.
make_system() {
    local address
    address=$(mirror)
    [ -n "$address" ] || fail "the machine's apt sources name no Debian mirror: run apt-get update"
    echo "deb-test: making a Debian 12 from $address"
    mkdir -p "$home"
    debootstrap --variant=minbase bookworm "$root" "$address" >"$work/log" 2>&1 ||
        fail "debootstrap: $(grep -E '^[EW]:' "$work/log" | tail -1)"
    apt-config dump | grep -E '^Acquire::[a-z]+::[Pp]roxy' >"$root/etc/apt/apt.conf.d/90proxy" || true
    # No package may start a service here.
    printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
    chmod 755 "$root/usr/sbin/policy-rc.d"
    cp "$package" "$root/tmp/plumb.deb"
    {
        inside apt-get update -qq
        inside apt-get install -y -qq --no-install-recommends \
            mariadb-server-core mariadb-client-core git procps
        # What the package depends on is kept as archives: installing it is the test.
        inside apt-get install -y -qq --no-install-recommends --download-only /tmp/plumb.deb
    } >"$work/log" 2>&1 || fail "apt-get: $(grep -E '^[EW]:' "$work/log" | tail -1)"
    rm -f "$root/tmp/plumb.deb"
    tar -C "$root" -cf "$home/system.tar.part" .
    mv "$home/system.tar.part" "$home/system.tar"
}

mkdir -p "$root"
if [ -e "$home/system.tar" ]; then
    tar -C "$root" -xf "$home/system.tar"
else
    make_system
fi

lintian --allow-root --fail-on error,warning "$package" ||
    fail "lintian has something to say of $package"

cp "$package" "$root/tmp/plumb.deb"
inside apt-get install -y -qq --no-install-recommends /tmp/plumb.deb >"$work/log" 2>&1 ||
    fail "the package cannot be installed: $(grep -E '^[EW]:|dpkg:' "$work/log" | tail -3)"
cp scripts/deb-test/inside.sh scripts/deb-test/manager.pl "$root/tmp/"
inside bash /tmp/inside.sh || fail "the installed program does not do what it should"
scripts/deb-test/boot.sh "$root" || fail "the unit does not do what it should"

inside apt-get purge -y -qq plumb >"$work/log" 2>&1 || fail "the package cannot be removed"
[ ! -e "$root/usr/bin/plumb" ] && [ ! -e "$root/etc/plumb/plumb.env" ] ||
    fail "a purge leaves the program or its configuration"
[ -d "$root/var/lib/plumb" ] || fail "a purge takes the ledger away"
echo "deb-test: $(basename "$package") installs, runs and goes on a Debian 12 without Swift"
