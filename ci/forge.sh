# What GitHub and GitLab have in common: requests to the forge, and one comment that is edited.
# Read by plumb-ci.sh.
#
# shellcheck shell=sh
# shellcheck disable=SC2154

# Where there is a token, it is sent over https, or to this machine.
check_address() {
    case $1 in
        https://* | http://127.0.0.1:* | http://localhost:*) ;;
        *) [ -z "$token" ] || fail "$1: a token is not sent in clear to another machine" ;;
    esac
}

# It stands in a line of settings for curl.
case $token in *[!A-Za-z0-9_.=-]*) fail "the token has a character that no token has" ;; esac

# request METHOD ADDRESS [FILE]: sends FILE as JSON. The answer is in $work/answer, its status in
# $answered, 000 where there was none.
request() {
    method=$1
    address=$2
    : >"$work/answer"
    : >"$work/headers"
    if [ $# -gt 2 ]; then set -- --data-binary "@$3"; else set --; fi
    # The token is on standard input, not on the command line. No other settings are read, and no
    # redirect is followed.
    answered=$(
        curl --disable --silent --show-error --config - --connect-timeout 10 --max-time 60 \
            --proto '=http,https' --request "$method" "$@" --output "$work/answer" \
            --dump-header "$work/headers" --write-out '%{http_code}' --url "$address" \
            2>"$work/curl" <<END
header = "$forge_authorization: $forge_scheme$token"
header = "Accept: application/json"
header = "Content-Type: application/json"
user-agent = "plumb-ci"
END
    ) || { answered=000; say "$(cat "$work/curl")"; }
}

# The value of a header of the last answer.
header() {
    tr -d '\r' <"$work/headers" |
        awk -v name="$1:" 'tolower($1) == name { print $2 }' | tail -n 1
}

# Whether the last request is worth trying again: $pause is then when, in seconds.
passes() {
    pause=$(header retry-after)
    case $pause in '' | *[!0-9]*) pause= ;; esac
    case $answered in
        000 | 5??) return 0 ;;
        429) return 0 ;;
        403) [ -n "$pause" ] || [ "$(header x-ratelimit-remaining)" = 0 ] ;;
        *) return 1 ;;
    esac
}

# until_done FUNCTION…: what it does is done as a whole, and again where the forge was at fault.
# It returns 75 for that, and 1 where nothing helps, which is no failure of the job.
until_done() {
    for wait in 1 2 4 stop; do
        done_so=0
        "$@" || done_so=$?
        [ "$done_so" = 75 ] || return 0
        [ "$wait" != stop ] || break
        # Nobody waits an hour for a comment.
        [ "${pause:-0}" -le 60 ] || break
        sleep "${pause:-$wait}"
    done
    say "warning: the forge did not take it ($answered): $(reason)"
}

# What the forge said in its last answer.
reason() {
    values answer | awk -F '\t' '
        $1 == "message" || $1 == "error" || $1 == "message.base.0" { print $2; exit }' |
        cut -c 1-300
}

# The values in a JSON document of the forge; none where it is something else.
values() { awk -f "$here/json.awk" "$work/$1" 2>/dev/null || :; }

# settled WHAT: 0 where the last request did what it should, 75 where it may later, else 1 and a
# warning that says what to do.
settled() {
    case $answered in 2??) return 0 ;; esac
    ! passes || return 75
    say "warning: $1: the forge answers $answered: $(reason)$(forge_remedy "$answered")"
    return 1
}

# Prints a file's text as the inside of a JSON string.
json_text() {
    tr -d '\000-\010\013-\037\177' <"$1" |
        sed -e 's/[\\"]/\\&/g' -e 's/	/\\t/g' | awk '{ printf "%s\\n", $0 }'
}

# comment PAGES MINE WRITE REMOVE: finds the comment that begins with $marker and is by MINE, in the
# pages that PAGES fetches, and lets WRITE send it: with its number where there is one.
comment() {
    find_comment "$1" "$2" || return
    before=$found
    "$3" "$before"
    settled "the comment cannot be written" || return
    [ -z "$before" ] || return 0
    # Another run of the same request may have looked at the same time, and found none, too.
    written=$(values answer | awk -F '\t' '$1 == "id" && $2 ~ /^[0-9]+$/ { print $2; exit }')
    find_comment "$1" "$2" || return
    if [ -n "$found" ] && [ -n "$written" ] && [ "$found" != "$written" ]; then
        "$3" "$found"
        settled "the comment cannot be written" || return
        "$4" "$written"
        settled "a second comment cannot be removed"
    fi
}

# The number of the comment, in $found; empty where there is none.
find_comment() {
    found=
    number=1
    while [ -z "$found" ] && [ "$number" -le 100 ]; do
        "$1" "$number"
        settled "the comments cannot be read" || return
        values answer >"$work/comments"
        found=$(awk -F '\t' -v marker="$marker" -v mine="$2" '
            { split($1, part, "."); name = substr($1, length(part[1]) + 2) }
            name == "id" { id[part[1]] = $2 }
            name == mine_name { author[part[1]] = $2 }
            name == "body" && index($2, marker) == 1 { marked[part[1]] = 1 }
            END {
                for (i = 0; i in id; i++)
                    if (marked[i] && author[i] == mine && id[i] ~ /^[0-9]+$/) { print id[i]; exit }
            }' mine_name="$forge_author" "$work/comments")
        awk -F '\t' '$1 ~ /^[0-9]+\.id$/ { n++ } END { exit n == 100 }' "$work/comments" && break
        number=$((number + 1))
    done
}
