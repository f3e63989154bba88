#!/bin/sh
# Runs one of Kannel's two programs with Cầu Nối's configuration: run.sh bearerbox | smsbox
#
# Told by environment, secrets also by files of the same name in small letters in the folder SECRETS_DIR:
#   KANNEL_USERNAME, KANNEL_PASSWORD, KANNEL_STATUS_PASSWORD, KANNEL_HOOK_SECRET   the same as notify is told
#   KANNEL_HOOKS_URL        where Kannel reaches Cầu Nối: http://notify:8003, or the gateway's address
# and bearerbox also by
#   KANNEL_SMSC             smpp (a network), or fake (Debian's fakesmsc connects to KANNEL_FAKE_PORT)
#   KANNEL_SMPP_HOST, KANNEL_SMPP_PORT, KANNEL_SMPP_USERNAME, KANNEL_SMPP_PASSWORD, KANNEL_SMPP_SYSTEM_TYPE
# None of these has a default; those below are where things lie.
set -eu
umask 077
here=$(dirname "$0")

: "${KANNEL_HOME:=/var/spool/kannel}" "${KANNEL_INTERFACE:=127.0.0.1}" "${KANNEL_BEARERBOX_HOST:=127.0.0.1}"
: "${KANNEL_BOX_ALLOW_IP:=127.0.0.1}" "${KANNEL_ADMIN_PORT:=13000}" "${KANNEL_BOX_PORT:=13001}"
: "${KANNEL_SENDSMS_PORT:=13013}" "${KANNEL_FAKE_PORT:=10000}" "${KANNEL_THROUGHPUT:=20}" "${KANNEL_SMPP_SYSTEM_TYPE:=}"

refuse() { echo "Kannel is not started: $1" >&2; exit 2; }

value_of() { eval "printf %s \"\${$1:-}\""; }

needed="KANNEL_USERNAME KANNEL_PASSWORD KANNEL_STATUS_PASSWORD KANNEL_HOOK_SECRET KANNEL_HOOKS_URL"
if [ "$1" = bearerbox ]; then
  needed="$needed KANNEL_SMSC"
  if [ "${KANNEL_SMSC:-}" = smpp ]; then
    needed="$needed KANNEL_SMPP_HOST KANNEL_SMPP_PORT KANNEL_SMPP_USERNAME KANNEL_SMPP_PASSWORD"
  fi
fi
for name in $needed; do
  file=${SECRETS_DIR:-/nowhere}/$(echo "$name" | tr A-Z a-z)
  if [ -z "$(value_of "$name")" ] && [ -f "$file" ]; then eval "$name=\$(cat \"\$file\")"; fi
  if [ -z "$(value_of "$name")" ]; then refuse "$name is not set."; fi
done
case $KANNEL_HOOK_SECRET in
  *[!A-Za-z0-9_-]*) refuse "KANNEL_HOOK_SECRET may hold letters, digits, _ and - only: it stands in an address." ;;
esac

# Values of the environment are put in as they are: nothing in them is run.
filled() { eval "cat <<END_OF_CONFIGURATION
$(cat "$here/$1")
END_OF_CONFIGURATION
"; }

SMSC=
if [ "$1" = bearerbox ]; then  # smsbox knows nothing of the network, and not its password
  [ -f "$here/smsc-$KANNEL_SMSC.conf.template" ] || refuse "KANNEL_SMSC is smpp or fake."
  SMSC=$(filled "smsc-$KANNEL_SMSC.conf.template")
fi
HOOKS=${KANNEL_HOOKS_URL%%://*}://kannel:$KANNEL_HOOK_SECRET@${KANNEL_HOOKS_URL#*://}
ADMIN_PASSWORD=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')  # nobody uses it
mkdir -p "$KANNEL_HOME/store" "$KANNEL_HOME/receipts"
filled kannel.conf.template > "$KANNEL_HOME/$1.conf"
PATH=$PATH:/usr/sbin
exec "$1" -v 2 "$KANNEL_HOME/$1.conf"
