#!/usr/bin/env bash
# Installs the Debian packages the suite needs when it may, otherwise names what is missing in one line.
set -euo pipefail
needed=(ffmpeg poppler-utils chromium fonts-noto-cjk libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 gettext)
missing=()
for package in "${needed[@]}"; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
done
for command in node npm; do
  command -v "$command" >/dev/null || missing+=(nodejs npm)
done
[ ${#missing[@]} -eq 0 ] && exit 0
mapfile -t missing < <(printf '%s\n' "${missing[@]}" | sort -u)
sudo=""
if [ "$(id -u)" -ne 0 ]; then
  if sudo -n true 2>/dev/null; then sudo="sudo -n"; else
    echo "Please install first: apt-get install ${missing[*]}" >&2
    exit 1
  fi
fi
echo "  installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
$sudo apt-get update -qq
$sudo apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
