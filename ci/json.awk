# Reads one JSON document and prints a line for each string, number and word in it: the names and
# numbers that lead there, joined by dots, a tab, and the value. Line feeds, tabs and backslashes in
# strings are written as \n, \t and \\. Fails where the input is no whole JSON document.
#
# Of a string at most 4,000 bytes are read: somebody who comments could make the rest take hours.
#
# For LC_ALL=C: it works on bytes.

BEGIN {
    most = 4000
    RS = "\""
    depth = 0
    inside = 0
    text = ""
    literal = ""
    for (i = 0; i < 16; i++) digit[substr("0123456789abcdef", i + 1, 1)] = i
}

# A quote ends each record, so what is outside of strings and what is inside take turns.
{
    if (!inside) {
        structure($0)
        inside = 1
        text = ""
        next
    }
    if (length(text) < most) text = text $0
    backslashes = 0
    while (backslashes < length($0) \
        && substr($0, length($0) - backslashes, 1) == "\\") backslashes++
    if (backslashes % 2) {
        # This quote is one of the string's own.
        if (length(text) < most) text = text "\""
        next
    }
    inside = 0
    if (length(text) > most) {
        text = substr(text, 1, most)
        # No half of a character, nor of an escape.
        sub(/[\200-\377]+$/, "", text)
        sub(/\\u?[0-9A-Fa-f]*$/, "", text)
    }
    if (depth && kind[depth] == "{" && wants_key[depth]) key[depth] = text
    else value(decoded(text))
}

END {
    # The last record is what stands behind the last string.
    if (depth != 0 || !inside || values == 0) exit 1
}

function structure(chunk,    i, c) {
    for (i = 1; i <= length(chunk); i++) {
        c = substr(chunk, i, 1)
        if (c == "{" || c == "[") {
            depth++
            kind[depth] = c
            place[depth] = 0
            wants_key[depth] = 1
            values++
        } else if (c == "}" || c == "]") {
            word()
            if (depth == 0) exit 1
            depth--
        } else if (c == ",") {
            word()
            place[depth]++
            wants_key[depth] = 1
        } else if (c == ":") {
            wants_key[depth] = 0
        } else if (c != " " && c != "\t" && c != "\n" && c != "\r") {
            literal = literal c
        }
    }
    word()
}

# Prints a number or a word that has ended.
function word() {
    if (literal != "") value(literal)
    literal = ""
}

function value(shown,    i, path) {
    path = ""
    for (i = 1; i <= depth; i++)
        path = path (i > 1 ? "." : "") (kind[i] == "{" ? key[i] : place[i])
    values++
    print path "\t" shown
}

# A string as it stands in the document, with its escapes replaced.
function decoded(raw,    result, at, c, code, low) {
    result = ""
    while ((at = index(raw, "\\")) > 0) {
        result = result substr(raw, 1, at - 1)
        c = substr(raw, at + 1, 1)
        raw = substr(raw, at + 2)
        if (c == "n" || c == "t" || c == "\\") result = result "\\" c
        else if (c == "u") {
            code = hex(substr(raw, 1, 4))
            raw = substr(raw, 5)
            if (code >= 55296 && code < 56320 && substr(raw, 1, 2) == "\\u") {
                low = hex(substr(raw, 3, 4))
                if (low >= 56320 && low < 57344) {
                    code = 65536 + (code - 55296) * 1024 + low - 56320
                    raw = substr(raw, 7)
                }
            }
            result = result character(code)
        } else if (c == "\"" || c == "/") result = result c
        # A form feed, a backspace or a carriage return is of no use to anybody here.
    }
    gsub(/\n/, "\\n", raw)
    gsub(/\t/, "\\t", raw)
    return result raw
}

function hex(digits,    i, number) {
    number = 0
    digits = tolower(digits)
    for (i = 1; i <= 4; i++) number = number * 16 + digit[substr(digits, i, 1)]
    return number
}

# A character in UTF-8; control characters are left out, and half of a pair is a question mark.
function character(code) {
    if (code == 9) return "\\t"
    if (code == 10) return "\\n"
    if (code < 32 || code == 127) return ""
    if (code == 92) return "\\\\"
    if (code < 128) return sprintf("%c", code)
    if (code < 2048) return sprintf("%c%c", 192 + int(code / 64), 128 + code % 64)
    if (code >= 55296 && code < 57344) return "?"
    if (code < 65536)
        return sprintf("%c%c%c", 224 + int(code / 4096), 128 + int(code / 64) % 64, \
            128 + code % 64)
    return sprintf("%c%c%c%c", 240 + int(code / 262144), 128 + int(code / 4096) % 64, \
        128 + int(code / 64) % 64, 128 + code % 64)
}
