#!/bin/bash
# Runs a command as the system user where we are root, and as ourselves where we are not.
set -eu
cd "$(dirname "$0")/.."
export PATH=$PWD/.venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1
if [ "$(id -u)" -eq 0 ]; then
  export HOME=/var/lib/madoguchi MADOGUCHI_CACHE=/var/cache/madoguchi
  exec setpriv --reuid madoguchi --regid madoguchi --init-groups --inh-caps=-all -- "$@"
fi
export MADOGUCHI_CACHE=${MADOGUCHI_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/madoguchi}
exec "$@"
