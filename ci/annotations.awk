# Turns a SARIF document, as json.awk prints it, into annotations of GitHub: at most ten of each
# level, which is what GitHub shows, the worst first, and then how many there are more.
#
# For LC_ALL=C: it works on bytes.

BEGIN { FS = "\t" }

{
    split($1, part, ".")
    if (part[1] != "runs" || part[3] != "results") next
    at = part[4] + 0
    name = substr($1, length(part[1] part[2] part[3] part[4]) + 5)
    if (at + 1 > count) count = at + 1
    if (name == "level") level[at] = $2
    else if (name == "ruleId") rule[at] = $2
    else if (name == "message.text") message[at] = $2
    else if (name == "locations.0.physicalLocation.artifactLocation.uri") file[at] = $2
    else if (name == "locations.0.physicalLocation.region.startLine") line[at] = $2
}

END {
    show("error", "error")
    show("warning", "warning")
    show("note", "notice")
}

function show(wanted, command,    i, shown, more) {
    for (i = 0; i < count; i++) {
        if (level[i] != wanted) continue
        if (shown == 10) {
            more++
            continue
        }
        shown++
        print "::" command " " (file[i] == "" ? "" : "file=" property(path(file[i])) ",") \
            (line[i] ~ /^[0-9]+$/ && file[i] != "" ? "line=" line[i] "," : "") \
            "title=" property("plumb: " rule[i]) "::" data(plain(message[i]))
    }
    if (more) print "::notice title=plumb::" more " more of the level " wanted
}

# The text of a SARIF message, in which brackets and backslashes have a backslash, as json.awk has
# each backslash doubled.
function plain(text,    result, at, c) {
    result = ""
    while ((at = index(text, "\\")) > 0) {
        result = result substr(text, 1, at - 1)
        c = substr(text, at + 1, 1)
        if (c == "\\") {
            # One backslash of the message: what it escapes follows.
            text = substr(text, at + 2)
            if (substr(text, 1, 2) == "\\\\") {
                result = result "\\"
                text = substr(text, 3)
            } else {
                result = result substr(text, 1, 1)
                text = substr(text, 2)
            }
        } else {
            result = result " "
            text = substr(text, at + 2)
        }
    }
    return result text
}

# A relative URI as a path.
function path(uri,    result, at) {
    result = ""
    while ((at = index(uri, "%")) > 0) {
        result = result substr(uri, 1, at - 1) sprintf("%c", hex(substr(uri, at + 1, 2)))
        uri = substr(uri, at + 3)
    }
    return result uri
}

function hex(digits) {
    return (index("0123456789ABCDEF", toupper(substr(digits, 1, 1))) - 1) * 16 \
        + index("0123456789ABCDEF", toupper(substr(digits, 2, 1))) - 1
}

# What GitHub's runner reads: https://docs.github.com/actions/reference/workflow-commands-for-github-actions
function data(text) {
    gsub(/%/, "%25", text)
    gsub(/\r/, "%0D", text)
    gsub(/\n/, "%0A", text)
    gsub(/[\001-\037\177]/, "", text)
    return text
}

function property(text) {
    text = data(text)
    gsub(/:/, "%3A", text)
    gsub(/,/, "%2C", text)
    return text
}
