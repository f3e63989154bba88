#!/bin/sh
# Make the secrets that docker-compose.yml asks for, those that are missing: sh deploy/secrets/make.sh
#
# The folder is closed to everybody but you. The files in it can be read, because a container's user, who is none of this
# machine's, must read the ones that are mounted for it. To change one: delete it, run this again (docs/operations.md).
set -eu
cd "${1:-$(dirname "$0")}"
chmod 700 .
umask 022
find . -mindepth 1 -maxdepth 1 -type d -empty -delete # where a file was missing, an engine makes a folder of its name

random() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }
once() { [ -s "$1" ] || random >"$1"; }

once secret_key         # signs tokens, sessions and nonces
once postgres_password  # of the superuser, whom no service knows
for name in kannel_username kannel_password kannel_status_password kannel_hook_secret; do once "$name"; done

: >nats_passwords
for service in intake assign notify; do
  once "postgres_$service"
  once "nats_$service"
  echo "postgresql+asyncpg://$service:$(cat "postgres_$service")@postgres:5432/$service" >"${service}_database_url"
  echo "nats://$service:$(cat "nats_$service")@nats:4222" >"${service}_nats_url"
  echo "$(echo "$service" | tr a-z A-Z)_PASSWORD: \"$(cat "nats_$service")\"" >>nats_passwords
done
