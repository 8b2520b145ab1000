#!/bin/sh
# Cross-compiles the kernels for 64-bit Arm (NEON) and runs their self-test under qemu-user. On Debian it installs what
# is missing. Arguments go to the self-test: native/test/qemu.sh --rounds 20 --seed 1
set -e
if ! command -v aarch64-linux-gnu-g++ > /dev/null || ! command -v qemu-aarch64 > /dev/null; then
  apt-get install -y --no-install-recommends g++-aarch64-linux-gnu qemu-user
fi
CXX=aarch64-linux-gnu-g++ exec node "$(dirname "$0")/selftest.mjs" --arm -- "$@"
