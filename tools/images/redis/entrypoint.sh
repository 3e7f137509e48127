#!/bin/sh
# options alone, or a configuration file, are meant for the server
case "${1:-}" in
  -* | *.conf) set -- redis-server "$@" ;;
esac
# the protected mode answers nobody but localhost; in a pod that would be nobody, and a password or NetworkPolicy guards it
case "$*" in
  *--protected-mode*) ;;
  redis-server*) set -- "$@" --protected-mode no ;;
esac
exec "$@"
