#!/bin/sh
# Runs plumb in a pipeline of GitHub or GitLab, and shows there what it said:
#
#     plumb-ci.sh lint | plan | drift | reconcile
#
# Settings are variables. What they and the repository hold is data: none of it is read as shell.
#
#     PLUMB_CI_PLUMB        the program (plumb)
#     PLUMB_CI_VERSION      the version that it has to have (any)
#     PLUMB_CI_DIRECTORY    the folder of the schema repository (.)
#     PLUMB_CI_ENVIRONMENT  the environment (the only one)
#     PLUMB_CI_ARGUMENTS    more arguments for plumb, one a line
#     PLUMB_CI_ACCEPT       the exit statuses that are no failure of the job, with blanks between
#                           (0; of plan 0 2 3, of reconcile 0 2)
#     PLUMB_CI_BRANCH       the branch that `reconcile` runs for (the project's default branch)
#     PLUMB_CI_COMMENT      `false` for no comment on a request (true)
#     PLUMB_CI_SARIF        `false` for no upload of findings to GitHub (true)
#     PLUMB_CI_TOKEN        the forge's token; without one there is neither
#     PLUMB_CI_OUTPUT       a folder that is made for the documents (of the runner)
#
# The job ends as plumb did, or with 0 where PLUMB_CI_ACCEPT has that status.
{ set +x; } 2>/dev/null
set -eu
# What awk and cut count are bytes.
LC_ALL=C
export LC_ALL
umask 077

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
command=${1:-}
plumb=${PLUMB_CI_PLUMB:-plumb}
directory=${PLUMB_CI_DIRECTORY:-.}
environment=${PLUMB_CI_ENVIRONMENT:-}
token=${PLUMB_CI_TOKEN:-}
# Nobody else needs it, plumb least of all.
unset PLUMB_CI_TOKEN

# What is said stands in the job's log, where no text may be a command for the runner.
say() {
    printf 'plumb-ci: %s\n' "$*" | tr -d '\000-\011\013-\037\177' |
        sed -e 's/::/: :/g' -e 's/##/# #/g' >&2
}

fail() {
    say "error: $1"
    exit "${2:-78}"
}

case $command in
    lint | plan | drift | reconcile) ;;
    *) fail "\`$command\`: use lint, plan, drift or reconcile" 64 ;;
esac

work=$(mktemp -d "${TMPDIR:-/tmp}/plumb-ci.XXXXXX")
trap 'rm -rf -- "$work"' EXIT

# shellcheck source=ci/forge.sh
. "$here/forge.sh"
if [ "${GITHUB_ACTIONS:-}" = true ]; then
    # shellcheck source=ci/github.sh
    . "$here/github.sh"
elif [ "${GITLAB_CI:-}" = true ]; then
    # shellcheck source=ci/gitlab.sh
    . "$here/gitlab.sh"
else
    # shellcheck source=ci/elsewhere.sh
    . "$here/elsewhere.sh"
fi

# Where the documents are left. A folder that is there already may be the repository's, and what
# is in it may lead elsewhere.
output=${PLUMB_CI_OUTPUT:-$(forge_output)}
mkdir -- "$output" 2>/dev/null ||
    fail "$output is there already, or its parent is not: name a folder that can be made in PLUMB_CI_OUTPUT"
output=$(CDPATH='' cd -- "$output" && pwd)
umask 022
chmod 755 "$output"

cd -- "$directory" 2>/dev/null || fail "there is no folder $directory"

command -v -- "$plumb" >/dev/null 2>&1 ||
    fail "there is no program $plumb: install the package, or name the program"
if [ -n "${PLUMB_CI_VERSION:-}" ]; then
    has=$("$plumb" --version | sed 's/^plumb //')
    [ "$has" = "$PLUMB_CI_VERSION" ] ||
        fail "$plumb has version $has, and $PLUMB_CI_VERSION is asked for"
fi

# A reconcile that runs for any branch would let whoever can push one change the shards.
if [ "$command" = reconcile ]; then
    followed=${PLUMB_CI_BRANCH:-$(forge_default_branch)}
    [ -n "$followed" ] ||
        fail "the forge does not say which branch is the default one: name it in PLUMB_CI_BRANCH"
    current=$(forge_branch)
    [ "$current" = "$followed" ] ||
        fail "reconcile runs for the branch $followed, and this pipeline is for ${current:-a request}" 5
fi

# What tells this comment and these findings from others of the same request.
key=$(printf '%s %s' "$command" "${environment:-default}" | tr -c 'A-Za-z0-9._ -' '_' | cut -c 1-80)
key="$key $(printf '%s\n' "$directory" "$environment" "${PLUMB_CI_ARGUMENTS:-}" |
    cksum | cut -d ' ' -f 1)"
marker="<!-- plumb-ci $(printf '%s' "$key" | tr -s '-') -->"

# Which exit statuses are no failure of the job.
case $command in
    # Changes that are pending, and steps that need an approval, are what a plan is for.
    plan) accept="0 2 3" ;;
    # 2: a wave bakes, and a later run goes on.
    reconcile) accept="0 2" ;;
    *) accept=0 ;;
esac
case ${PLUMB_CI_ACCEPT:-default} in
    default) ;;
    *[!0-9\ ]*) fail "PLUMB_CI_ACCEPT: \`$PLUMB_CI_ACCEPT\` is no list of exit statuses" 64 ;;
    *) accept=$PLUMB_CI_ACCEPT ;;
esac

# MARK: The run

set -- "$command"
case $command in
    lint)
        # Without a server; what a change may do is only known beside what it changes.
        base=$(forge_base)
        [ -z "$base" ] || set -- "$@" "--since=$base"
        ;;
    *)
        [ -z "$environment" ] || set -- "$@" "--environment=$environment"
        set -- "$@" "--write=markdown=$output/$command.md" "--write=json=$output/$command.json"
        [ "$command" = reconcile ] ||
            set -- "$@" "--write=sarif=$output/$command.sarif" \
                "--write=junit=$output/$command.junit.xml"
        ;;
esac
while IFS= read -r argument; do
    [ -z "$argument" ] || set -- "$@" "$argument"
done <<END
${PLUMB_CI_ARGUMENTS:-}
END

# A signal to the job is one to plumb, which lets running statements finish and says what is done.
"$plumb" "$@" >"$output/$command.txt" &
child=$!
trap 'kill -TERM "$child" 2>/dev/null || :' INT TERM HUP
status=0
while :; do
    wait "$child" && status=0 || status=$?
    kill -0 "$child" 2>/dev/null || break
done
trap - INT TERM HUP
cat -- "$output/$command.txt"

if [ "$command" = lint ]; then
    # It asks no server, so saying it again in other formats costs nothing.
    "$plumb" "$@" --output=sarif >"$output/lint.sarif" 2>/dev/null || :
    "$plumb" "$@" --output=junit >"$output/lint.junit.xml" 2>/dev/null || :
    "$plumb" "$@" --output=github >"$work/lint.github" 2>/dev/null || :
fi

# MARK: What is shown of it

# Prints a text as a code block, whose fence is longer than any run of backticks in it.
block() {
    awk '{
        lines[NR] = $0
        rest = $0
        while (match(rest, /`+/)) {
            if (RLENGTH > longest) longest = RLENGTH
            rest = substr(rest, RSTART + RLENGTH)
        }
    }
    END {
        fence = "```"
        while (length(fence) <= longest) fence = fence "`"
        print fence "text"
        for (i = 1; i <= NR; i++) print lines[i]
        print fence
    }' "$1"
}

# Prints as much of standard input as LIMIT bytes hold, and where the rest is.
cut_to() {
    awk -v limit="$1" -v note="_The rest did not fit: $2._" -v commands="${3:-}" -f "$here/cut.awk"
}

page=$work/page.md
if [ -s "$output/$command.md" ]; then
    cat -- "$output/$command.md" >"$page"
elif [ -s "$output/$command.txt" ]; then
    { printf '### %s\n\n' "$command"; block "$output/$command.txt"; } >"$page"
else
    printf '### %s\n\nIt ended with status %s before there was a report; the log of the job says why.\n' \
        "$command" "$status" >"$page"
fi

remarks=$work/remarks
forge_remarks >"$remarks"
where=$(forge_job)
{
    cat -- "$page"
    if [ -s "$remarks" ]; then printf '\n'; cat -- "$remarks"; fi
    if [ -s "$output/$command.md" ] && [ -s "$output/$command.txt" ]; then
        printf '\n<details><summary>as text</summary>\n\n'
        block "$output/$command.txt"
        printf '\n</details>\n'
    fi
} >"$work/summary.md"
if [ -n "${GITHUB_STEP_SUMMARY:-}" ]; then
    # A summary of more than 1 MiB is not shown at all.
    cut_to 1048576 "the log of the job has it all" <"$work/summary.md" >>"$GITHUB_STEP_SUMMARY"
fi

forge_annotate "$output/$command.sarif"
case $command in
    plan)
        if [ "${PLUMB_CI_COMMENT:-true}" != false ]; then
            { printf '%s\n' "$marker"; cat -- "$page"; printf '\n%s\n' "$where"; } >"$work/comment.md"
            forge_comment "$work/comment.md"
        fi
        ;;
    *) ;;
esac
if [ "${PLUMB_CI_SARIF:-true}" != false ] && [ -s "$output/$command.sarif" ]; then
    forge_upload "$output/$command.sarif"
fi

# MARK: How the job ends

forge_result "$status"
for accepted in $accept; do
    [ "$accepted" != "$status" ] || exit 0
done
exit "$status"
