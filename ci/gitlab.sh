# What is GitLab's own: notes on merge requests. Documents are artefacts of the job.
# Read by plumb-ci.sh.
#
# shellcheck shell=sh
# shellcheck disable=SC2034,SC2154

forge_authorization=PRIVATE-TOKEN
forge_scheme=
forge_author=author.username
api=${CI_API_V4_URL:-https://gitlab.com/api/v4}
check_address "$api"

# They become parts of addresses.
request_number=${CI_MERGE_REQUEST_IID:-}
project=${CI_MERGE_REQUEST_PROJECT_ID:-${CI_PROJECT_ID:-}}
case $request_number$project in *[!0-9]*) fail "CI_MERGE_REQUEST_IID or CI_PROJECT_ID is no number" ;; esac

# The pipeline of a merge request that runs in the fork: it has none of the project's variables.
is_fork=false
if [ -n "$request_number" ] && [ "$project" != "${CI_PROJECT_ID:-$project}" ]; then is_fork=true; fi

forge_output() { printf '%s/plumb-ci' "${CI_PROJECT_DIR:-.}"; }

forge_default_branch() { printf '%s' "${CI_DEFAULT_BRANCH:-}"; }

# The branch that the pipeline runs for; nothing for a merge request or a tag.
forge_branch() { [ -n "$request_number" ] || printf '%s' "${CI_COMMIT_BRANCH:-}"; }

# What a merge request is compared with.
forge_base() {
    [ -z "${CI_MERGE_REQUEST_DIFF_BASE_SHA:-}" ] || printf '%s' "$CI_MERGE_REQUEST_DIFF_BASE_SHA"
}

forge_remarks() {
    if [ "$is_fork" = true ]; then
        cat <<'END'
This merge request comes from a fork, and its pipeline runs there, without the variables of this
project. What there is to say is in the artefacts of the job alone, and servers that need a password
cannot be asked. A member of the project can run a pipeline for it here.
END
    fi
}

forge_job() {
    [ -z "${CI_JOB_URL:-}" ] || printf '[The job](%s) has it all.' "$CI_JOB_URL"
}

forge_annotate() { :; }

forge_comment() {
    [ -n "$request_number" ] || return 0
    if [ "$is_fork" = true ]; then
        say "a merge request from a fork: the artefacts of the job have it alone"
        return 0
    fi
    if [ -z "$token" ]; then
        say "warning: there is no token, so there is no note: give PLUMB_CI_TOKEN a project access token that may write notes (CI_JOB_TOKEN may not)"
        return 0
    fi
    # GitLab takes 1,000,000 characters, and runs lines that begin with a slash and a command.
    cut_to 1000000 "the artefacts of the job have it all" apart <"$1" >"$work/cut.md"
    { printf '{"body": "'; json_text "$work/cut.md"; printf '"}'; } >"$work/comment.json"
    until_done gitlab_note
}

gitlab_note() {
    # Whose notes are this token's: only those are edited, whoever else uses the marker.
    request GET "$api/user"
    settled "GitLab does not say whose the token is" || return
    mine=$(values answer | awk -F '\t' '$1 == "username" { print $2; exit }')
    if [ -z "$mine" ]; then
        say "warning: GitLab does not say whose the token is, so there is no note"
        return 1
    fi
    comment gitlab_page "$mine" gitlab_write gitlab_remove
}

gitlab_notes() { printf '%s/projects/%s/merge_requests/%s/notes' "$api" "$project" "$request_number"; }

gitlab_page() {
    request GET "$(gitlab_notes)?sort=asc&order_by=created_at&per_page=100&page=$1"
}

gitlab_write() {
    if [ -n "$1" ]; then
        request PUT "$(gitlab_notes)/$1" "$work/comment.json"
    else
        request POST "$(gitlab_notes)" "$work/comment.json"
    fi
}

gitlab_remove() { request DELETE "$(gitlab_notes)/$1"; }

forge_upload() { :; }

# What a status usually means here.
forge_remedy() {
    case $1 in
        401) printf '; the token is not valid, or not any more' ;;
        403) printf '; the token needs the scope api and the role Reporter' ;;
        404) printf '; the token may not see the merge request' ;;
    esac
}

forge_result() { :; }
