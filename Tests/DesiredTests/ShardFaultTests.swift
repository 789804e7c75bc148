import Testing

@testable import Desired

/// Faults in the lists of shards, each with its exact place, message, code and remedy.
@Suite struct ShardFaultTests {
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
}
