import Testing

@testable import Desired

/// Faults of plumb.yaml as a whole, each with its exact place, message, code and remedy.
@Suite struct FleetFaultTests {
    @Test(arguments: [
        (
            "version: 2\nnamespacez: 1\n",
            [
                "plumb.yaml:1:10: error: this file has version 2, and this release reads version 1 "
                    + "[unsupported-version]; use a release that reads version 2, or write the "
                    + "file in version 1"
            ]
        ),
        (
            "version: one\n",
            [
                "plumb.yaml:1:10: error: `version` is a string and must be a whole number "
                    + "[wrong-type]; write a whole number"
            ]
        ),
        (
            "[]\n",
            [
                "plumb.yaml:1:1: error: plumb.yaml is a list and must be a mapping [wrong-type]; "
                    + "write a mapping"
            ]
        ),
        (
            "{}\n",
            ["version", "namespaces", "environments"].map {
                "plumb.yaml:1:1: error: plumb.yaml has no `\($0)` [missing-key]; "
                    + "add the key `\($0)`"
            }
        ),
        (
            "version: 1\nnamespaces: {}\nenvironments: {}\n",
            [
                "plumb.yaml:2:13: error: `namespaces` is empty [invalid-value]; add an entry",
                "plumb.yaml:3:15: error: `environments` is empty [invalid-value]; add an entry",
            ]
        ),
    ])
    func theTop(text: String, expected: [String]) {
        #expect(faults(text) == expected)
    }

    @Test func everyFaultIsReportedInOneGo() {
        let text = """
            version: 1
            namespaces:
              2commerce: {schema: a, shards: [{name: a, host: h}]}
              commerce:
                shcema: schema/commerce
                shards: [{name: a, host: h, databse: x}]
            environments:
              production:
                namespaces: commerce
                connection: {user: plumb, password: secret}
            polcy: {}
            """
        #expect(
            faults(text) == [
                "plumb.yaml:3:3: error: `2commerce` is not a name for an entry of `namespaces` "
                    + "[invalid-value]; use letters, digits, `_` and `-`, with a letter or `_` "
                    + "in front",
                "plumb.yaml:5:5: error: `shcema` is not a key of a namespace [unknown-key]; "
                    + "did you mean `schema`?",
                "plumb.yaml:5:5: error: a namespace has no `schema` [missing-key]; "
                    + "add the key `schema`",
                "plumb.yaml:6:33: error: `databse` is not a key of a shard [unknown-key]; "
                    + "did you mean `database`?",
                "plumb.yaml:9:17: error: `namespaces` is a string and must be a list "
                    + "[wrong-type]; write a list",
                "plumb.yaml:10:31: error: `password` would put a password into git "
                    + "[plaintext-password]; name an environment variable with `password_env`, "
                    + "or a file with `password_file` or `option_file`",
                "plumb.yaml:11:1: error: `polcy` is not a key of plumb.yaml [unknown-key]; "
                    + "did you mean `policy`?",
            ])
    }

    /// The last line of `fleetText` is line 12.
    @Test(arguments: [
        (
            "ledger: ledger.git",
            "plumb.yaml:12:9: error: the ledger must start with `file:` or "
                + "`mysql://` [invalid-value]; write \(LedgerLocation.form)"
        ),
        (
            "ledger: \"mysql://u:secret@h/d\"",
            "plumb.yaml:12:9: error: `ledger` has a password in "
                + "it, which would put it into git [plaintext-password]; write "
                + "`mysql://user@host:port/database`, and name the password under `connection` of "
                + "`ledger`"
        ),
        (
            "ledger: \"mysql://u@h\"",
            "plumb.yaml:12:9: error: the ledger has no `/database` "
                + "[invalid-value]; write \(LedgerLocation.form)"
        ),
        (
            "ledger: {sgin: key}",
            "plumb.yaml:12:10: error: `sgin` is not a key of `ledger` [unknown-key]; "
                + "did you mean `sign`?"
        ),
        (
            "ledger: {sign: \"\"}",
            "plumb.yaml:12:16: error: `sign` is empty [invalid-value]; write a value"
        ),
        (
            "ledger: {retention: 1h}",
            "plumb.yaml:12:21: error: `retention` is `1h`, which is out of range "
                + "[invalid-value]; write a duration from 86400s to 3162240000s"
        ),
        (
            "ledger: {retention: forever}",
            "plumb.yaml:12:21: error: `retention` is `forever`, which is not a duration "
                + "[invalid-value]; write a number with its unit, like `30s`, `10m` or `1h30m`"
        ),
        (
            "ledger: {location: ledger.git}",
            "plumb.yaml:12:20: error: the ledger must start with `file:` or "
                + "`mysql://` [invalid-value]; write \(LedgerLocation.form)"
        ),
        (
            "workspace: {prefix: a-b}",
            "plumb.yaml:12:21: error: `prefix` is `a-b`, which has other "
                + "characters than a-z, 0-9 and _ [invalid-value]; use at most 32 of a-z, 0-9 and "
                + "`_`"
        ),
        (
            "workspace: {prefix: Plumb}",
            "plumb.yaml:12:21: error: `prefix` is `Plumb`, which has other "
                + "characters than a-z, 0-9 and _ [invalid-value]; use at most 32 of a-z, 0-9 and "
                + "`_`"
        ),
    ])
    func ledgerAndWorkspace(line: String, expected: String) {
        #expect(faults(fleetText(tail: line)) == [expected])
    }
}
