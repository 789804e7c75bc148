import Testing

@testable import Desired

/// Every fault of plumb.yaml with its exact place, message, code and remedy.
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

    /// Line 6 of `fleetText` is the namespace's last line, at column 5.
    @Test(arguments: [
        (
            "schema: x",
            "plumb.yaml:6:5: error: the key `schema` is here for the second time; the first is "
                + "at plumb.yaml:4:5 [duplicate-key]; keep one of the two"
        ),
        (
            "finalizer: {exec: [a]}",
            "plumb.yaml:6:5: error: `finalizer` is part of the format, but this release runs "
                + "none [unsupported]; remove `finalizer` and publish after `plumb reconcile` "
                + "has exited with 0"
        ),
        (
            "manage: [views, events]",
            "plumb.yaml:6:13: error: `manage` is without `tables` [invalid-value]; add `tables`, "
                + "or write `all`"
        ),
        (
            "manage: [tabels]",
            "plumb.yaml:6:14: error: a kind in `manage` is `tabels` [invalid-value]; "
                + "did you mean `tables`?"
        ),
        (
            "prune: everything",
            "plumb.yaml:6:12: error: `prune` is `everything` [invalid-value]; "
                + "the values are `retired`, `all`"
        ),
        (
            "retire: [a, b, a]",
            "plumb.yaml:6:20: error: the table `a` stands in `retire` of `commerce` twice "
                + "[invalid-value]; remove one of the two"
        ),
        (
            "retire: a",
            "plumb.yaml:6:13: error: `retire` is a string and must be a list [wrong-type]; "
                + "write a list"
        ),
        (
            "overlays: [{selector: {}, path: overlays/x}]",
            "plumb.yaml:6:27: error: `selector` is empty [invalid-value]; "
                + "name labels, or write `{shard: \"*\"}` for all shards"
        ),
        (
            "overlays: [{selector: {tier: gold}, path: overlays/x}]",
            "plumb.yaml:6:27: error: the selector {tier: gold} selects no shard of `commerce` "
                + "[selects-nothing]; correct it, or remove its entry"
        ),
        (
            "overlays: [{selector: {shard: c*}, path: overlays/x}]",
            "plumb.yaml:6:27: error: the selector {shard: c*} selects no shard of `commerce` "
                + "[selects-nothing]; correct it, or remove its entry"
        ),
        (
            "overlays: [{selector: {shard: a}, path: ../x}]",
            "plumb.yaml:6:45: error: `path` is `../x`, which is not a path inside the schema "
                + "repository [invalid-value]; write a relative path without `..`"
        ),
        (
            "pins: [{selector: {shard: a}, ref: x}, {selector: {shard: \"?\"}, ref: y}]",
            "plumb.yaml:6:55: error: the pins to `x` and `y` both select the shard commerce/a "
                + "[conflicting-pins]; narrow one of the selectors"
        ),
        (
            "renames: [{table: t, column: {from: a, to: a}}]",
            "plumb.yaml:6:15: error: the column `a` of `t` is renamed to itself [invalid-value]; "
                + "remove the rename or correct `to`"
        ),
        (
            "renames: [{table: t, column: {from: a, to: b}}, {table: t, column: {from: a, to: c}}]",
            "plumb.yaml:6:53: error: two renames name the column `a` of `t` "
                + "[conflicting-rename]; keep one of the two"
        ),
        (
            "renames: [{table: t, column: {from: a, to: b}}, {table: t, column: {from: c, to: b}}]",
            "plumb.yaml:6:53: error: two renames name the column `b` of `t` "
                + "[conflicting-rename]; keep one of the two"
        ),
        (
            "renames: [{column: {from: a, to: b}}]",
            "plumb.yaml:6:15: error: a rename has no `table` [missing-key]; add the key `table`"
        ),
        (
            "renames: [{table: t}]",
            "plumb.yaml:6:15: error: a rename in `t` has neither `column` nor `index` "
                + "[missing-key]; add one of them; a table itself is renamed by "
                + "`table: {from: …, to: …}`"
        ),
        (
            "renames: [{table: t, column: {from: a, to: b}, index: {from: a, to: b}}]",
            "plumb.yaml:6:15: error: a rename in `t` has both `column` and `index` "
                + "[invalid-value]; write two renames"
        ),
        (
            "renames: [{table: {from: a, to: b}, index: {from: a, to: b}}]",
            "plumb.yaml:6:15: error: a rename of a table has `index` besides [invalid-value]; "
                + "write two renames; that of the index names the table as it is then"
        ),
        (
            "renames: [{table: {from: a}}]",
            "plumb.yaml:6:23: error: a renamed table has no `to` [missing-key]; add the key `to`"
        ),
        (
            "renames: [{table: {from: a, to: b, column: c}}]",
            "plumb.yaml:6:40: error: `column` is not a key of a renamed table [unknown-key]; "
                + "the keys are `from`, `to`"
        ),
        (
            "renames: [{table: {from: a, to: a}}]",
            "plumb.yaml:6:15: error: the table `a` is renamed to itself [invalid-value]; "
                + "remove the rename or correct `to`"
        ),
        (
            "renames: [{table: t, index: {from: a, to: a}}]",
            "plumb.yaml:6:15: error: the index `a` of `t` is renamed to itself [invalid-value]; "
                + "remove the rename or correct `to`"
        ),
        (
            "renames: [{table: t, index: {from: PRIMARY, to: a}}]",
            "plumb.yaml:6:15: error: a primary key of `t` has no other name than PRIMARY "
                + "[invalid-value]; remove the rename"
        ),
        (
            "renames: [{table: {from: a, to: b}}, {table: {from: a, to: c}}]",
            "plumb.yaml:6:42: error: two renames name the table `a` [conflicting-rename]; "
                + "keep one of the two"
        ),
        (
            "renames: [{table: {from: a, to: b}}, {table: {from: c, to: b}}]",
            "plumb.yaml:6:42: error: two renames name the table `b` [conflicting-rename]; "
                + "keep one of the two"
        ),
        (
            "renames: [{table: {from: a, to: b}}, {table: {from: b, to: a}}]",
            "plumb.yaml:6:15: error: the renames of tables run in a circle: `a` to `b` to `a` "
                + "[conflicting-rename]; give one of them a third name in a commit of its own, "
                + "and this name in the next"
        ),
        (
            "renames: [{table: t, index: {from: a, to: b}}, {table: t, index: {from: c, to: b}}]",
            "plumb.yaml:6:52: error: two renames name the index `b` of `t` "
                + "[conflicting-rename]; keep one of the two"
        ),
    ])
    func namespaces(line: String, expected: String) {
        #expect(faults(fleetText(namespace: line)) == [expected])
    }

    /// The shards stand on line 5, their list begins at column 13.
    @Test(arguments: [
        ("[]", "plumb.yaml:5:13: error: `shards` is empty [invalid-value]; add an entry"),
        (
            "[{host: a}]",
            "plumb.yaml:5:14: error: an entry of `shards` has none of `pattern`, `name` and "
                + "`discover` [invalid-value]; write exactly one of the three"
        ),
        (
            "[{name: a, pattern: b, host: c}]",
            "plumb.yaml:5:14: error: an entry of `shards` has 2 of `pattern`, `name` and "
                + "`discover` [invalid-value]; write exactly one of the three"
        ),
        (
            "[{name: -40, host: a}]",
            "plumb.yaml:5:21: error: `name` is a number and must be a string [wrong-type]; "
                + "write \"-40\" in quotes"
        ),
        (
            "[{name: a/b, host: a}]",
            "plumb.yaml:5:21: error: the shard name `a/b` has the character `/` [invalid-value]; "
                + "choose another name"
        ),
        (
            "[{name: a, host: \"a:b\"}]",
            "plumb.yaml:5:30: error: `host` is `a:b`, which is not the address of a server "
                + "[invalid-value]; write `name`, `name:port`, `[v6]:port` or `unix:/path`"
        ),
        (
            "[{name: mysql, host: a}]",
            "plumb.yaml:5:21: error: the database name `mysql` is one of the server's own schemas "
                + "[invalid-value]; set `database` to the name of the shard's schema"
        ),
        (
            "[{name: a, host: h, database: \"{shrad}\"}]",
            "plumb.yaml:5:43: error: `database` is `{shrad}`, and `{shard}` is the only "
                + "placeholder [invalid-value]; write `{shard}` where the shard's name goes"
        ),
        (
            "[{name: a, host: h, labels: {shard: x}}]",
            "plumb.yaml:5:42: error: a label cannot be named `shard` [invalid-value]; "
                + "use another name; selectors use this one for the shard's own name"
        ),
        (
            "[{name: a, host: h, labels: {n: 1}}]",
            "plumb.yaml:5:45: error: the label `n` is a number and must be a string "
                + "[wrong-type]; write \"1\" in quotes"
        ),
        (
            "[{name: a, host: h}, {name: a, host: i}]",
            "plumb.yaml:5:34: error: the shard commerce/a is here for the second time "
                + "[duplicate-shard]; give every shard of a namespace its own name"
        ),
        (
            "[{name: a, host: h}, {name: b, host: \"h:3306\", database: a}]",
            "plumb.yaml:5:34: error: the shards commerce/a and commerce/b are both the schema "
                + "`a` on h:3306 [duplicate-database]; give every shard a schema of its own"
        ),
        (
            "[{pattern: \"a{3..1}\", hosts: [h]}]",
            "plumb.yaml:5:24: error: `{3..1}` in `a{3..1}` runs backwards [invalid-value]; "
                + "write ranges like `{00..ff}` or `{0..3}`"
        ),
        (
            "[{pattern: \"a{1..3}\", host: h}]",
            "plumb.yaml:5:14: error: a shard pattern has no `hosts` [missing-key]; "
                + "add the key `hosts`|plumb.yaml:5:35: error: `host` is not a key of a shard "
                + "pattern [unknown-key]; did you mean `hosts`?"
        ),
        (
            "[{pattern: \"a{1..2}\", hosts: [\"h{1..3}\"]}]",
            "plumb.yaml:5:42: warning: 3 hosts listed for 2 shards [unused-host]; "
                + "remove hosts or widen the pattern"
        ),
        (
            "[{discover: {host: h}}]",
            "plumb.yaml:5:25: error: `discover` has no `like` [missing-key]; add the key `like`"
        ),
    ])
    func shards(list: String, expected: String) {
        #expect(faults(fleetText(shards: list)).joined(separator: "|") == expected)
    }

    /// The connection stands on line 10; the environment's last line is line 11.
    @Test(arguments: [
        (
            "{}",
            "plumb.yaml:10:17: error: a connection has none of `option_file` and `user` "
                + "[invalid-value]; write exactly one of the two"
        ),
        (
            "{user: a, option_file: b}",
            "plumb.yaml:10:17: error: a connection has both of "
                + "`option_file` and `user` [invalid-value]; write exactly one of the two"
        ),
        (
            "{option_file: b, password_env: c}",
            "plumb.yaml:10:48: error: a password is named "
                + "beside `option_file` [invalid-value]; keep the password in the option file, or "
                + "write `user` instead of `option_file`"
        ),
        (
            "{user: a, password_env: B, password_file: c}",
            "plumb.yaml:10:59: error: a connection "
                + "has both of `password_env` and `password_file` [invalid-value]; write one of the two"
        ),
        (
            "{user: a, password_env: \"${B}\"}",
            "plumb.yaml:10:41: error: `password_env` is not the "
                + "name of an environment variable [invalid-value]; write the name only, without `$` "
                + "and without a value"
        ),
        (
            "{user: a, connect_timeout: 10}",
            "plumb.yaml:10:44: error: `connect_timeout` is a "
                + "number and must be a duration [wrong-type]; write a number with its unit, like "
                + "`30s`, `10m` or `1h30m`"
        ),
        (
            "{user: a, connect_timeout: 2h}",
            "plumb.yaml:10:44: error: `connect_timeout` is `2h`, "
                + "which is out of range [invalid-value]; write a duration from 1s to 3600s"
        ),
        (
            "{user: a, lock_wait_timeout: soon}",
            "plumb.yaml:10:46: error: `lock_wait_timeout` is "
                + "`soon`, which is not a duration [invalid-value]; write a number with its unit, "
                + "like `30s`, `10m` or `1h30m`"
        ),
        (
            "{user: a, tls: {mode: verify_ca}}",
            "plumb.yaml:10:39: error: `mode` is `verify_ca` "
                + "[invalid-value]; did you mean `verify-ca`?"
        ),
        (
            "{user: a, tls: {mode: required, cert: c}}",
            "plumb.yaml:10:32: error: `tls` has one of "
                + "`cert` and `key` [invalid-value]; write both or none"
        ),
        (
            "{user: a, tls: {mode: disabled, ca: c}}",
            "plumb.yaml:10:53: error: `tls` names files "
                + "and is `disabled` [invalid-value]; remove the files or choose another mode"
        ),
    ])
    func connections(connection: String, expected: String) {
        let text = fleetText().split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.contains("connection:") ? "    connection: \(connection)" : String($0) }
            .joined(separator: "\n")
        #expect(faults(text) == [expected])
    }

    @Test(arguments: [
        (
            "after: [staging]",
            "plumb.yaml:11:13: error: the environment `production` comes after "
                + "`staging`, which is not in this file [dangling-environment]; "
                + "the environments are `production`"
        ),
        (
            "after: [productoin]",
            "plumb.yaml:11:13: error: the environment `production` comes "
                + "after `productoin`, which is not in this file [dangling-environment]; "
                + "did you mean `production`?"
        ),
        (
            "after: [production]",
            "plumb.yaml:11:13: error: `after` runs in a circle: production "
                + "after production [dependency-cycle]; remove one of these `after`"
        ),
        ("hosts: {}", "plumb.yaml:11:12: error: `hosts` is empty [invalid-value]; add an entry"),
        (
            "hosts: {db-0: x}",
            "plumb.yaml:5:37: error: the host db-1:3306 is not among the `hosts` "
                + "of the environment `production` [unmapped-host]; map it at plumb.yaml:11:12, "
                + "to itself if it is the same server"
        ),
        (
            "hosts: {\"db-{0..2}\": x}",
            "plumb.yaml:11:13: error: the environment `production` maps "
                + "the host db-2:3306, which none of its shards has [dangling-host]; "
                + "did you mean `db-0:3306`?"
        ),
        (
            "hosts: {\"db-{0..1}\": \"x-{0..2}\"}",
            "plumb.yaml:11:26: error: 2 hosts mapped to 3 "
                + "[invalid-value]; map to one host, or to as many as stand on the left"
        ),
        (
            "hosts: {\"db-{0..1}\": x, \"db-1:3306\": y}",
            "plumb.yaml:11:29: error: the host "
                + "db-1:3306 is mapped for the second time [invalid-value]; keep one of the two"
        ),
    ])
    func environments(line: String, expected: String) {
        #expect(faults(fleetText(environment: line)) == [expected])
    }

    @Test func aLongCycleIsReportedOnce() {
        let tail = """
              b: {namespaces: [commerce], connection: {user: u}, after: [c]}
              c: {namespaces: [commerce], connection: {user: u}, after: [d]}
              d: {namespaces: [commerce], connection: {user: u}, after: [b, production]}
            """
        #expect(
            faults(fleetText(tail: tail)) == [
                "plumb.yaml:12:62: error: `after` runs in a circle: b after c after d after b "
                    + "[dependency-cycle]; remove one of these `after`"
            ])
    }

    @Test func danglingAndRepeatedNamespacesAreReported() {
        let text = fleetText().split(separator: "\n", omittingEmptySubsequences: false)
            .map {
                $0.contains("namespaces: [") ? "    namespaces: [commerce, comerce, commerce]" : $0
            }
            .joined(separator: "\n")
        #expect(
            faults(text) == [
                "plumb.yaml:9:28: error: the environment `production` names the namespace "
                    + "`comerce`, which is not in this file [dangling-namespace]; "
                    + "did you mean `commerce`?",
                "plumb.yaml:9:37: error: the namespace `commerce` stands in `production` twice "
                    + "[invalid-value]; remove one of the two",
            ])
    }

    /// The last line of `fleetText` is line 12.
    @Test(arguments: [
        (
            "ledger: ledger.git",
            "plumb.yaml:12:9: error: the ledger must start with `file:` or "
                + "`mysql://` [invalid-value]; write `file:path` or `mysql://user@host:3306/database`"
        ),
        (
            "ledger: \"mysql://u:secret@h/d\"",
            "plumb.yaml:12:9: error: `ledger` has a password in "
                + "it, which would put it into git [plaintext-password]; write "
                + "`mysql://user@host:port/database`; the password comes from the environment's "
                + "`connection`"
        ),
        (
            "ledger: \"mysql://u@h\"",
            "plumb.yaml:12:9: error: the ledger has no `/database` "
                + "[invalid-value]; write `file:path` or `mysql://user@host:3306/database`"
        ),
        (
            "workspace: {prefix: a-b}",
            "plumb.yaml:12:21: error: `prefix` is `a-b`, which cannot "
                + "start the name of a scratch schema [invalid-value]; use at most 32 letters, "
                + "digits and `_`"
        ),
        (
            "policy: {approve: [lossy]}",
            "plumb.yaml:12:19: error: `approve` leaves out "
                + "`irreversible`, and such steps always need an approval [invalid-value]; "
                + "add `irreversible`"
        ),
        (
            "policy: {approve: [lossi, irreversible]}",
            "plumb.yaml:12:20: error: a class in "
                + "`approve` is `lossi` [invalid-value]; did you mean `lossy`?"
        ),
        (
            "policy: {approvers: {minimum: 0}}",
            "plumb.yaml:12:31: error: `minimum` is 0 and must "
                + "be from 1 to 20 [invalid-value]; write a number from 1 to 20"
        ),
        (
            "policy: {approvers: {not_author: yes}}",
            "plumb.yaml:12:34: error: `not_author` is a "
                + "string and must be `true` or `false` [wrong-type]; write `true` or `false`"
        ),
        (
            "policy: {drift: heal}",
            "plumb.yaml:12:17: error: `drift` is `heal` [invalid-value]; "
                + "the values are `report`, `additive`, `revert`"
        ),
        (
            "policy: {rollout: {cutover: barrier}}",
            "plumb.yaml:12:29: error: `cutover` is "
                + "`barrier`, which this release does not carry out [unsupported]; write `rolling`"
        ),
        (
            "policy: {rollout: {on_failure: pause}}",
            "plumb.yaml:12:32: error: `on_failure` is "
                + "`pause`, which this release does not carry out [unsupported]; "
                + "write `halt` or `continue`"
        ),
        (
            "policy: {rollout: {on_failure: stop}}",
            "plumb.yaml:12:32: error: `on_failure` is "
                + "`stop` [invalid-value]; the values are `halt`, `continue`"
        ),
        (
            "policy: {rollout: {waves: []}}",
            "plumb.yaml:12:27: error: `waves` is empty "
                + "[invalid-value]; add an entry"
        ),
        (
            "policy: {rollout: {waves: [{shards: 1}]}}",
            "plumb.yaml:12:28: error: the last wave "
                + "leaves out shards [invalid-value]; end with `{percent: 100}`"
        ),
        (
            "policy: {rollout: {waves: [{percent: 50}, {percent: 20}, {percent: 100}]}}",
            "plumb.yaml:12:43: error: a wave does not reach further than the one before it "
                + "[invalid-value]; give sizes that grow; each counts the shards of the waves before"
        ),
        (
            "policy: {rollout: {waves: [{bake: 1m}]}}",
            "plumb.yaml:12:28: error: a wave must have "
                + "one of `shards` and `percent` [invalid-value]; write exactly one of the two"
        ),
        (
            "policy: {rollout: {waves: [{percent: 101%}]}}",
            "plumb.yaml:12:38: error: `percent` is "
                + "101 and must be from 1 to 100 [invalid-value]; write a number from 1 to 100"
        ),
        (
            "policy: {rollout: {concurrency: {per_host: 0}}}",
            "plumb.yaml:12:44: error: `per_host` "
                + "is 0 and must be from 1 to 1000 [invalid-value]; write a number from 1 to 1000"
        ),
        (
            "policy: {windows: [{allow: Mon, zone: UTC}]}",
            "plumb.yaml:12:20: error: `Mon` is not "
                + "days and times like `Mon-Fri 09:00-16:00` [invalid-value]; write "
                + "`{allow: \"Mon-Fri 09:00-16:00\", zone: Europe/Berlin}`"
        ),
        (
            "policy: {windows: [{allow: \"Mon 09:00-10:00\"}]}",
            "plumb.yaml:12:20: error: a window "
                + "has no `zone` [missing-key]; add the key `zone`"
        ),
        (
            "policy: {probe: {each: 31s}}",
            "plumb.yaml:12:24: error: `each` is `31s`, which is out of range [invalid-value]; "
                + "write a duration from 1s to 30s"
        ),
        (
            "policy: {probe: off}",
            "plumb.yaml:12:17: error: `probe` is a string and must be a mapping "
                + "[wrong-type]; write a mapping"
        ),
        (
            "policy: {limits: {drops_per_plan: many}}",
            "plumb.yaml:12:35: error: `drops_per_plan` "
                + "is a string and must be a whole number [wrong-type]; write a whole number"
        ),
        (
            "policy: {rollout: {waves: [{percent: 100}, {shards: 5}, {percent: 100}]}}",
            "plumb.yaml:12:44: error: a wave does not reach further than the one before it "
                + "[invalid-value]; give sizes that grow; each counts the shards of the waves "
                + "before"
        ),
        (
            "policy: {rollout: {waves: [{shards: 1}, {percent: 0}]}}",
            "plumb.yaml:12:51: error: `percent` is 0 and must be from 1 to 100 [invalid-value]; "
                + "write a number from 1 to 100"
        ),
    ])
    func theRest(line: String, expected: String) {
        #expect(faults(fleetText(tail: line)) == [expected])
    }
}
