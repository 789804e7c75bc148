# Where no forge is known: the documents and the log are all there is.
# Read by plumb-ci.sh.
#
# shellcheck shell=sh
# shellcheck disable=SC2154

forge_output() { printf '%s/plumb-ci-%s-%s' "${TMPDIR:-/tmp}" "$command" "$$"; }
# Which branch a pipeline runs for is not known here: its own rules say what is reconciled.
forge_default_branch() { printf 'what is checked out'; }
forge_branch() { printf '%s' "$followed"; }
forge_base() { :; }
forge_remarks() { :; }
forge_job() { :; }
forge_annotate() { :; }
forge_comment() { :; }
forge_upload() { :; }
forge_result() { :; }
