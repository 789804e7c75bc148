#!/usr/bin/env bash
# Makes a Debian package of a built program: scripts/deb.sh PROGRAM FOLDER
#
# The same program gives the same bytes: times are those of the commit.
set -euo pipefail
cd "$(dirname "$0")/.."

program=$(realpath "$1")
mkdir -p "$2"
output=$(realpath "$2")
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
export SOURCE_DATE_EPOCH
umask 022

if ldd "$program" | grep -q libswift; then
    echo "deb: $program needs Swift's libraries, which the target lacks: make static" >&2
    exit 1
fi

# What a tag names is the release; anything else is on the way to it.
version=$("$program" --version | sed 's/^plumb //')
if ! git describe --exact-match --tags HEAD >/dev/null 2>&1; then
    version+="~git$(date -u -d "@$SOURCE_DATE_EPOCH" +%Y%m%d.%H%M%S).$(git rev-parse --short=8 HEAD)"
fi
architecture=$(dpkg --print-architecture)
name=plumb_${version}_$architecture.deb

work=$(mktemp -d "${TMPDIR:-/tmp}/plumb-deb.XXXXXX")
trap 'rm -rf "$work"' EXIT
root=$work/root
mkdir -p "$root/DEBIAN" "$work/debian"

DESTDIR=$root PREFIX=/usr SYSCONFDIR=/etc scripts/install.sh install "$program"
strip --strip-unneeded --remove-section=.comment --remove-section=.note "$root/usr/bin/plumb"
documents=$root/usr/share/doc/plumb
install -m 644 packaging/debian/copyright "$documents/copyright"
install -D -m 644 packaging/debian/lintian-overrides "$root/usr/share/lintian/overrides/plumb"
{
    echo "plumb ($version) unstable; urgency=medium"
    printf '\n  * See changelog.gz.\n\n'
    echo " -- $(sed -n 's/^Maintainer: //p' packaging/debian/control)  $(
        date -u -R -d "@$SOURCE_DATE_EPOCH")"
} | gzip -9n >"$documents/changelog.Debian.gz"
gzip -9nc CHANGELOG.md >"$documents/changelog.gz"

# dpkg-shlibdeps says which packages the program's libraries come from.
cp packaging/debian/control "$work/debian/control"
depends=$(cd "$work" && dpkg-shlibdeps -O -e root/usr/bin/plumb 2>"$work/log" |
    sed -n 's/^shlibs:Depends=//p')
[ -n "$depends" ] || { cat "$work/log" >&2; exit 1; }

size=$(du -k -s --apparent-size --exclude=DEBIAN "$root" | cut -f1)
{
    echo "Package: plumb"
    echo "Version: $version"
    echo "Architecture: $architecture"
    echo "Installed-Size: $size"
    sed -n -e '/^Maintainer:/p' -e '/^Section:/p' -e '/^Priority:/p' packaging/debian/control
    sed -e '1,/^Package:/d' -e '/^Architecture:/d' -e "s|\${shlibs:Depends}|$depends|" \
        packaging/debian/control
} >"$root/DEBIAN/control"
for script in postinst prerm postrm; do
    install -m 755 "packaging/debian/$script" "$root/DEBIAN/$script"
done
install -m 644 packaging/debian/conffiles "$root/DEBIAN/conffiles"
(cd "$root" && find usr -type f -print0 | LC_ALL=C sort -z | xargs -0 md5sum) \
    >"$root/DEBIAN/md5sums"

find "$root" -newermt "@$SOURCE_DATE_EPOCH" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
rm -f "$output"/plumb_*.deb
dpkg-deb --root-owner-group -Zxz --build "$root" "$output/$name" >/dev/null
echo "$output/$name: $(du -h "$output/$name" | cut -f1), installed $((size / 1024)) MB"
