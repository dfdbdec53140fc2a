#!/bin/sh
# Builds, serves, tests, measures and packs the lab: ./build.sh help
set -eu
cd "$(dirname "$0")"

if ! command -v cargo >/dev/null 2>&1; then
    echo "Rust is missing: install it from https://rustup.rs, then run this again." >&2
    exit 1
fi
wanted=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)
found=$(rustc --version | cut -d' ' -f2)
if [ "$(printf '%s\n%s\n' "$wanted" "$found" | sort -V | head -n1)" != "$wanted" ]; then
    echo "Rust $found is too old: the lab needs $wanted or later; 'rustup update stable' brings it." >&2
    exit 1
fi
# Without this a processor that lacks AVX could not even run what is built; the numbers are the same.
if [ -r /proc/cpuinfo ] && [ "$(uname -m)" = x86_64 ] && ! grep -qw avx /proc/cpuinfo; then
    export CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUSTFLAGS="-Ctarget-feature=-avx"
fi
exec cargo xtask "$@"
