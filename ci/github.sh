# What is GitHub's own: annotations, comments on pull requests, code scanning.
# Read by plumb-ci.sh.
#
# shellcheck shell=sh
# shellcheck disable=SC2034,SC2154

forge_authorization=Authorization
forge_scheme='Bearer '
forge_author=user.login
api=${GITHUB_API_URL:-https://api.github.com}
graph=${GITHUB_GRAPHQL_URL:-https://api.github.com/graphql}
check_address "$api"
check_address "$graph"

: >"$work/event"
[ ! -r "${GITHUB_EVENT_PATH:-}" ] ||
    awk -f "$here/json.awk" "$GITHUB_EVENT_PATH" >"$work/event" || : >"$work/event"

# A value of the event that the pipeline runs for.
event() { awk -F '\t' -v name="$1" '$1 == name { print $2; exit }' "$work/event"; }

# They become parts of addresses.
repository=${GITHUB_REPOSITORY:-}
case $repository in
    */*/* | *[!A-Za-z0-9._/-]*) fail "GITHUB_REPOSITORY is no name of a repository" ;;
esac
request_number=$(event pull_request.number)
case $request_number in *[!0-9]*) fail "the event has no number of a pull request" ;; esac

# A pull request from a fork: its pipeline has no secrets, and a token that only reads.
is_fork=false
if [ -n "$request_number" ] && [ "${GITHUB_EVENT_NAME:-}" = pull_request ] &&
    [ "$(event pull_request.head.repo.full_name)" != "$repository" ]; then
    is_fork=true
fi

forge_output() { printf '%s/plumb-ci-%s-%s' "${RUNNER_TEMP:-${TMPDIR:-/tmp}}" "$command" "$$"; }

forge_default_branch() { event repository.default_branch; }

# The branch that the pipeline runs for; nothing for a pull request or a tag.
forge_branch() {
    [ -z "$request_number" ] || return 0
    case ${GITHUB_REF:-} in refs/heads/*) printf '%s' "${GITHUB_REF#refs/heads/}" ;; esac
}

# What a pull request is compared with.
forge_base() { [ -z "${GITHUB_BASE_REF:-}" ] || printf 'origin/%s' "$GITHUB_BASE_REF"; }

forge_remarks() {
    if [ "$is_fork" = true ]; then
        cat <<'END'
This pull request comes from a fork. Its pipeline has no secrets and may not comment, so what there
is to say is here alone, and servers that need a password cannot be asked. Somebody who may write to
this repository can push the branch here to have it planned.
END
    fi
}

forge_job() {
    [ -z "${GITHUB_RUN_ID:-}" ] ||
        printf '[The summary of the job](%s/%s/actions/runs/%s) has it all.' \
            "${GITHUB_SERVER_URL:-https://github.com}" "$repository" "$GITHUB_RUN_ID"
}

forge_annotate() {
    if [ "$command" = lint ]; then
        cat -- "$work/lint.github"
    elif [ -s "$1" ]; then
        awk -f "$here/json.awk" "$1" >"$work/findings" && awk -f "$here/annotations.awk" "$work/findings"
    fi
}

forge_comment() {
    # What runs for a branch has its summary.
    [ -n "$request_number" ] || return 0
    if [ "$is_fork" = true ]; then
        say "a pull request from a fork: its token may not comment, so the summary of the job has it alone"
        return 0
    fi
    if [ -z "$token" ]; then
        say "warning: there is no token, so there is no comment: the summary of the job has it"
        return 0
    fi
    # GitHub takes 65,536 characters, of which none is less than a byte.
    cut_to 65536 "the summary of the job has it all" <"$1" >"$work/cut.md"
    { printf '{"body": "'; json_text "$work/cut.md"; printf '"}'; } >"$work/comment.json"
    printf '{"query": "{ viewer { login } }"}' >"$work/viewer.json"
    until_done github_comment
}

github_comment() {
    # Whose comments are this token's: only those are edited, whoever else uses the marker.
    request POST "$graph" "$work/viewer.json"
    settled "GitHub does not say whose the token is" || return
    mine=$(values answer | awk -F '\t' '$1 == "data.viewer.login" { print $2; exit }')
    if [ -z "$mine" ]; then
        say "warning: GitHub does not say whose the token is, so there is no comment"
        return 1
    fi
    comment github_page "$mine" github_write github_remove
}

github_page() {
    request GET "$api/repos/$repository/issues/$request_number/comments?per_page=100&page=$1"
}

github_write() {
    if [ -n "$1" ]; then
        request PATCH "$api/repos/$repository/issues/comments/$1" "$work/comment.json"
    else
        request POST "$api/repos/$repository/issues/$request_number/comments" "$work/comment.json"
    fi
}

github_remove() { request DELETE "$api/repos/$repository/issues/comments/$1"; }

# Code scanning opens an alert for each new finding, and closes it when a later run has it no more.
forge_upload() {
    # Without a commit of its own a finding would be the base's.
    case $request_number:${GITHUB_REF:-} in
        :refs/heads/* | [0-9]*:refs/pull/*) ;;
        *) return 0 ;;
    esac
    [ "$is_fork" = false ] && [ -n "$token" ] || return 0
    # Uploads of one category replace each other.
    sed "s|\"runs\":\[{|&\"automationDetails\":{\"id\":\"plumb/$(printf '%s' "$key" | tr ' ' '/')/\"},|" \
        "$1" | gzip -9n | base64 | tr -d '\n' >"$work/sarif"
    printf '%s' "$GITHUB_REF" >"$work/ref"
    {
        printf '{"commit_sha": "%s", "ref": "' "$(printf '%s' "${GITHUB_SHA:-}" | tr -cd '0-9a-f')"
        json_text "$work/ref" | sed 's/\\n$//'
        printf '", "sarif": "'
        cat "$work/sarif"
        printf '"}'
    } >"$work/upload.json"
    until_done github_upload
}

github_upload() {
    request POST "$api/repos/$repository/code-scanning/sarifs" "$work/upload.json"
    settled "the findings cannot be uploaded"
}

# What a status usually means here.
forge_remedy() {
    case $1 in
        401) printf '; the token is not valid, or not any more' ;;
        403) printf '; the job needs permissions: pull-requests: write for comments, security-events: write for findings, and code scanning switched on' ;;
        404) printf '; the token may not see it' ;;
        413) printf '; there are too many findings' ;;
    esac
}

forge_result() {
    [ -z "${GITHUB_OUTPUT:-}" ] || printf 'status=%s\ndocuments=%s\n' "$1" "$output" >>"$GITHUB_OUTPUT"
}
