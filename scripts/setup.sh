#!/usr/bin/env bash
# Installs the Debian packages that building, testing and the demo need and that are missing.
set -euo pipefail

packages=(
    git make pkg-config ca-certificates
    libgit2-dev zlib1g-dev libyaml-dev default-libmysqlclient-dev libssl-dev libmicrohttpd-dev
    libcurl4-openssl-dev
    mariadb-server-core mariadb-client-core mariadb-client galera-4
    openssh-client openssh-server gnupg openssl python3 util-linux iproute2 curl
    shellcheck systemd
    zsh fish mandoc groff-base prometheus chromium fonts-dejavu-core
)

missing=()
for package in "${packages[@]}"; do
    dpkg-query --show --showformat='${Status}' "$package" 2>/dev/null |
        grep -q '^install ok installed$' || missing+=("$package")
done

if [ ${#missing[@]} -gt 0 ]; then
    echo "installing: ${missing[*]}"
    sudo=()
    [ "$(id -u)" -eq 0 ] || sudo=(sudo)
    "${sudo[@]}" apt-get update -qq
    # No package may start a service of its own on this machine.
    "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 \
        apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi

command -v swift >/dev/null || {
    echo "the Swift toolchain is missing: install Swift 6.3 for Debian 12 and put it on PATH" >&2
    exit 1
}
