#!/bin/sh
# Installs what package-lock.json names, when that has not been done since the file last changed. Runs before start, test, check and
# bench, with whatever Node the machine has; everything after it runs with the Node that the lock file brings.
set -e
cd "$(dirname "$0")/.."
if [ -x node_modules/.bin/node ] && [ ! package-lock.json -nt node_modules/.package-lock.json ]; then
  exit 0
fi
echo "Installing dependencies (once, about a minute) …"
npm ci --no-audit --no-fund --loglevel=error
touch node_modules/.package-lock.json
