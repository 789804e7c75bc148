# Prints as many whole lines of a Markdown text as `limit` bytes have room for. Where lines are left
# out it closes the code fence and the folds that are open, and ends with `note`.
#
# With `commands` set to `apart`, no line begins with the slash by which GitLab knows a command.
#
# For LC_ALL=C: it works on bytes.

BEGIN {
    room = limit - length(note) - 300
    fence = ""
    folds = 0
    used = 0
    isCut = 0
}

isCut { next }

{
    line = $0
    mark = ""
    if (match(line, /^```+/)) mark = substr(line, 1, RLENGTH)
    if (commands == "apart" && substr(line, 1, 1) == "/")
        line = (fence == "" ? "\\" : " ") line
    # The fence and the folds that are open have to be closed, too.
    if (used + length(line) + 1 > room) {
        isCut = 1
        next
    }
    used += length(line) + 1
    print line
    if (fence == "") {
        if (mark != "") {
            fence = mark
            room -= length(mark) + 1
        } else if (substr(line, 1, 9) == "<details>") {
            folds++
            room -= 12
        } else if (substr(line, 1, 10) == "</details>") {
            folds--
            room += 12
        }
    } else if (length(mark) >= length(fence) && substr(line, length(mark) + 1) ~ /^[ \t]*$/) {
        room += length(fence) + 1
        fence = ""
    }
}

END {
    if (!isCut) exit
    if (fence != "") print fence
    print ""
    while (folds-- > 0) print "</details>\n"
    print note
}
