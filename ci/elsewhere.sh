# Where no forge is known: the documents and the log are all there is.
# Read by plumb-ci.sh.
#
# shellcheck shell=sh
# shellcheck disable=SC2154

forge_output() { printf '%s/plumb-ci-%s-%s' "${TMPDIR:-/tmp}" "$command" "$$"; }
forge_default_branch() { git -C "$directory" symbolic-ref --quiet --short HEAD || :; }
forge_branch() { forge_default_branch; }
forge_base() { :; }
forge_remarks() { :; }
forge_job() { :; }
forge_annotate() { :; }
forge_comment() { :; }
forge_upload() { :; }
forge_result() { :; }
