#!/usr/bin/env bash
# Installs plumb, or takes away what it installed.
#
#     DESTDIR=… PREFIX=/usr/local SYSCONFDIR=/etc scripts/install.sh install PROGRAM
#     DESTDIR=… PREFIX=/usr/local scripts/install.sh uninstall
#
# Configuration and state are left where they are, by both.
set -euo pipefail
cd "$(dirname "$0")/.."

action=${1:-}
prefix=${PREFIX:-/usr/local}
configuration=${SYSCONFDIR:-/etc}
root=${DESTDIR:-}
documents=$prefix/share/doc/plumb

# put MODE SOURCE TARGET: one file, and the folders above it.
put() { install -D -m "$1" "$2" "$root$3"; }

install_all() {
    local program=$1 work file
    [ -x "$program" ] || { echo "install: there is no program $program: make static" >&2; exit 1; }
    work=$(mktemp -d "${TMPDIR:-/tmp}/plumb-install.XXXXXX")
    # shellcheck disable=SC2064
    trap "rm -rf '$work'" EXIT
    put 755 "$program" "$prefix/bin/plumb"

    mkdir "$work/man"
    "$program" manual --into "$work/man"
    for file in "$work/man/"*; do
        gzip -9n "$file"
        put 644 "$file.gz" "$prefix/share/man/man1/${file##*/}.gz"
    done
    "$program" completion bash >"$work/bash"
    "$program" completion zsh >"$work/zsh"
    "$program" completion fish >"$work/fish"
    put 644 "$work/bash" "$prefix/share/bash-completion/completions/plumb"
    put 644 "$work/zsh" "$prefix/share/zsh/vendor-completions/_plumb"
    put 644 "$work/fish" "$prefix/share/fish/vendor_completions.d/plumb.fish"

    sed -e "s|@bindir@|$prefix/bin|g" -e "s|@sysconfdir@|$configuration|g" \
        packaging/plumb.service.in >"$work/unit"
    put 644 "$work/unit" "$prefix/lib/systemd/system/plumb.service"
    put 644 packaging/plumb.sysusers "$prefix/lib/sysusers.d/plumb.conf"
    put 644 packaging/plumb.tmpfiles "$prefix/lib/tmpfiles.d/plumb.conf"

    for file in ci/*.sh ci/*.awk; do put 644 "$file" "$prefix/share/plumb/$file"; done
    chmod 755 "$root$prefix/share/plumb/ci/plumb-ci.sh"

    put 644 README.md "$documents/README.md"
    while read -r file; do
        put 644 "$file" "$documents/${file#docs/}"
    done < <(find docs -type f | sort)
    put 644 packaging/operator.yaml "$documents/examples/operator.yaml"
    while read -r file; do
        put 644 "$file" "$documents/$file"
    done < <(find examples -type f | sort)
    # Somebody's own settings are kept.
    [ -e "$root$configuration/plumb/plumb.env" ] ||
        put 600 packaging/plumb.env "$configuration/plumb/plumb.env"
}

uninstall_all() {
    rm -f "$root$prefix/bin/plumb" "$root$prefix/share/man/man1/plumb.1.gz" \
        "$root$prefix/share/man/man1/plumb-"*.1.gz \
        "$root$prefix/share/bash-completion/completions/plumb" \
        "$root$prefix/share/zsh/vendor-completions/_plumb" \
        "$root$prefix/share/fish/vendor_completions.d/plumb.fish" \
        "$root$prefix/lib/systemd/system/plumb.service" \
        "$root$prefix/lib/sysusers.d/plumb.conf" "$root$prefix/lib/tmpfiles.d/plumb.conf"
    rm -rf "$root$documents" "$root$prefix/share/plumb"
    echo "left: $configuration/plumb and /var/lib/plumb"
}

case $action in
    install) install_all "$2" ;;
    uninstall) uninstall_all ;;
    *) echo "usage: scripts/install.sh install PROGRAM | uninstall" >&2; exit 64 ;;
esac
