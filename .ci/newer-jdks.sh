#!/usr/bin/env bash
# Unpacks JDKs that are newer than this Debian, from Debian unstable, into a folder: jdk-26, jdk-27 and jdk-28.
#
#   .ci/newer-jdks.sh FOLDER [FEATURE...]
#
# Nothing is installed, and nobody has to be root. Each JDK brings the C library that it was linked with, and its
# programs are changed to load that one; so a folder that was moved has to be made anew. What is there is kept.
# DEBIAN_MIRROR names a mirror, where it is not to be the one that apt has.
set -euo pipefail

die() {
    echo "newer-jdks: $1" >&2
    exit 1
}

[ $# -ge 1 ] || die 'usage: newer-jdks.sh FOLDER [FEATURE...]'
mkdir -p "$1"
folder=$(cd "$1" && pwd -P)
shift
features=("$@")
[ ${#features[@]} -gt 0 ] || features=(26 27 28)

runs() {
    [[ $("$folder/jdk-$1/bin/java" -version 2>&1) == *"version \"$1"[.\"-]* ]]
}

wanted=()
for feature in "${features[@]}"; do
    [[ $feature =~ ^[0-9]+$ ]] || die "no feature release: $feature"
    runs "$feature" 2>/dev/null || wanted+=("$feature")
done
[ ${#wanted[@]} -gt 0 ] || exit 0

for tool in apt-get apt-cache dpkg dpkg-deb; do
    command -v "$tool" >/dev/null || die "there is no $tool; this works on Debian and its like"
done
keys=/usr/share/keyrings/debian-archive-keyring.gpg
[ -r "$keys" ] || die "there is no $keys; install debian-archive-keyring"
mirror=${DEBIAN_MIRROR:-$(apt-get indextargets --format '$(REPO_URI)' 2>/dev/null | grep -v security | sed -n 1p || true)}
[ -n "$mirror" ] || die 'apt has no mirror; run apt-get update, or set DEBIAN_MIRROR'

# An apt of our own beside the system's.
apt=$folder/apt
debs=$folder/packages
mkdir -p "$apt"/state/lists/partial "$apt"/cache/archives/partial "$debs"
echo "deb [signed-by=$keys] $mirror unstable main" >"$apt/sources.list"
cat >"$apt/apt.conf" <<END
Dir::Etc::SourceList "$apt/sources.list";
Dir::Etc::SourceParts "/dev/null";
Dir::Etc::Preferences "/dev/null";
Dir::Etc::PreferencesParts "/dev/null";
Dir::State "$apt/state";
Dir::State::status "/dev/null";
Dir::Cache "$apt/cache";
Acquire::Languages "none";
Acquire::Retries "3";
Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled "false";
APT::Architecture "$(dpkg --print-architecture)";
APT::Update::Error-Mode "any";
END
# As root, apt would hand downloads to a user who may not reach the folder.
[ "$(id -u)" != 0 ] || echo 'APT::Sandbox::User "root";' >>"$apt/apt.conf"
export APT_CONFIG=$apt/apt.conf

apt-get -q update >"$apt/log" 2>&1 || die "no package lists: $(grep -E '^(E|W|Err)' "$apt/log" | head -n 2)"

# Has the newest version of each package among the packages.
fetch() {
    local package version incoming=$debs/incoming
    for package; do
        version=$(apt-cache show --no-all-versions "$package" 2>/dev/null | sed -n 's/^Version: //p' | sed -n 1p)
        [ -n "$version" ] || die "unstable has no $package"
        [ "$(dpkg-deb -f "$debs/$package.deb" Version 2>/dev/null)" != "$version" ] || continue
        rm -rf "$incoming"
        mkdir "$incoming"
        (cd "$incoming" && apt-get -q download "$package" >"$apt/log" 2>&1) || die "cannot fetch $package $version"
        mv "$incoming"/*.deb "$debs/$package.deb"
        rm -rf "$incoming"
    done
}

unpack() {
    local into=$1 package
    shift
    for package; do
        dpkg-deb -x "$debs/$package.deb" "$into"
    done
}

# A JDK's links into a configuration that was never installed become the files themselves.
resolve_links() {
    local root=$1 home=$2 link target
    find "$home" -type l -lname '/etc/*' -print0 | while IFS= read -r -d '' link; do
        target=$root$(readlink "$link")
        rm "$link"
        [ ! -e "$target" ] || cp -rL "$target" "$link"
    done
    find "$home" -xtype l -delete
}

# Makes every program and library of the JDK use the C library in libraries/.
relink() {
    local home=$1 patchelf=$2 loader file own
    loader=$(find "$home/libraries" -name 'ld-linux*' | sed -n 1p)
    [ -n "$loader" ] || die 'libc6 has no loader where it is looked for'
    patch() { "$loader" --library-path "$home/libraries" "$patchelf" "$@"; }
    find "$home/bin" "$home/lib" -type f -print0 | while IFS= read -r -d '' file; do
        if patch --print-interpreter "$file" >/dev/null 2>&1; then
            # DT_RPATH, for it counts for what a library loads too.
            patch --set-interpreter "$loader" --force-rpath \
                --set-rpath "\$ORIGIN/../lib:\$ORIGIN/lib:\$ORIGIN:$home/libraries" "$file"
        elif own=$(patch --print-rpath "$file" 2>/dev/null) && [ -n "$own" ]; then
            patch --force-rpath --set-rpath "$own:$home/libraries" "$file"
        fi
    done
}

system=(libc6 libgcc-s1 libstdc++6 zlib1g liblcms2-2 libjpeg62-turbo)
fetch "${system[@]}" patchelf
for feature in "${wanted[@]}"; do
    jdk=("openjdk-$feature-jre-headless" "openjdk-$feature-jdk-headless")
    fetch "${jdk[@]}"
    home=$folder/jdk-$feature
    work=$folder/unpacking
    rm -rf "$work" "$home"
    mkdir -p "$work"
    unpack "$work" "${jdk[@]}" patchelf
    unpack "$work/system" "${system[@]}"
    unpacked=$(find "$work/usr/lib/jvm" -mindepth 1 -maxdepth 1 -type d -name "java-$feature-*" | sed -n 1p)
    [ -n "$unpacked" ] || die "openjdk-$feature-jdk-headless has a layout that is not known"
    resolve_links "$work" "$unpacked"
    mkdir "$unpacked/libraries"
    find "$work/system" \( -name '*.so.*' -o -name 'ld-linux*' \) ! -path '*/gconv/*' ! -path '*/audit/*' \
        -exec cp -L {} "$unpacked/libraries/" \; 2>/dev/null || true
    mv "$unpacked" "$home"
    relink "$home" "$work/usr/bin/patchelf"
    rm -rf "$work"
    runs "$feature" || die "jdk-$feature does not start: $("$home/bin/java" -version 2>&1 | sed -n 1p)"
    echo "newer-jdks: $home: $("$home/bin/java" -version 2>&1 | sed -n 2p)"
done
