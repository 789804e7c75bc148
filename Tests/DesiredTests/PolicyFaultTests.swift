import Testing

@testable import Desired

/// Faults of the policy, each with its exact place, message, code and remedy.
@Suite struct PolicyFaultTests {
    /// The last line of `fleetText` is line 12.
    @Test(arguments: [
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
            "policy: {rollout: {cutover: later}}",
            "plumb.yaml:12:29: error: `cutover` is `later` [invalid-value]; "
                + "the values are `rolling`, `barrier`, `parallel`, `manual`"
        ),
        (
            "policy: {rollout: {retries: {attempts: 0}}}",
            "plumb.yaml:12:40: error: `attempts` is 0 and must be from 1 to 10000 "
                + "[invalid-value]; write a number from 1 to 10000"
        ),
        (
            "policy: {rollout: {on_failure: halt, max_failures: 3}}",
            "plumb.yaml:12:52: error: `max_failures` counts only where the others go on after a "
                + "failure [invalid-value]; write `on_failure: continue` with it, or leave it out"
        ),
        (
            "policy: {rollout: {health: {query: \"DELETE FROM t\", expect: \"= 0\"}}}",
            "plumb.yaml:12:36: error: `query` does not begin with SELECT [invalid-value]; "
                + "write one SELECT that only reads"
        ),
        (
            "policy: {rollout: {health: {query: \"SELECT 1\", expect: \"0\"}}}",
            "plumb.yaml:12:56: error: `expect` is `0`, which is no comparison [invalid-value]; "
                + "write `= 0`, `!= down` or `<= 5`, in quotes"
        ),
        (
            "policy: {rollout: {health: {each: 5s}}}",
            "plumb.yaml:12:28: error: `health` has no `query` and no `exec` [missing-key]; "
                + "add the key `query`, or `exec`"
        ),
        (
            "policy: {rollout: {health: {exec: [check]}}}",
            "plumb.yaml:12:36: error: the program of `exec` is `check`, which is not an absolute "
                + "path without `.` and `..` [invalid-value]; write the whole path"
        ),
        (
            "policy: {rollout: {health: {exec: [/bin/check], expect: \"= 0\"}}}",
            "plumb.yaml:12:57: error: `health` has `exec` and `expect` [invalid-value]; "
                + "write `exec`, or `query` and `expect`"
        ),
        (
            "policy: {rollout: {health: {exec: [/bin/check], timeout: 6m}}}",
            "plumb.yaml:12:58: error: `timeout` is `6m`, which is out of range "
                + "[invalid-value]; write a duration from 1s to 300s"
        ),
        (
            "policy: {rollout: {health: {query: \"SELECT 1\", expect: \"= 0\", timeout: 1s}}}",
            "plumb.yaml:12:72: error: `timeout` is of `exec`, and `health` has none "
                + "[invalid-value]; leave it out: a query has ten seconds"
        ),
        (
            "policy: {rollout: {health: {query: \"SELECT 1\"}}}",
            "plumb.yaml:12:28: error: `health` has no `expect` [missing-key]; add the key `expect`"
        ),
        (
            "policy: {rollout: {waves: [{selector: {tier: canary}}, {percent: 100}]}}",
            "plumb.yaml:12:39: error: the selector {tier: canary} of a wave selects no shard "
                + "[selects-nothing]; correct it, or give shards these labels"
        ),
        (
            "policy: {rollout: {waves: [{selector: {tier: canary}, shards: 1}, {percent: 100}]}}",
            "plumb.yaml:12:28: error: a wave must have one of `shards`, `percent` and `selector` "
                + "[invalid-value]; write exactly one of them"
        ),
        (
            "policy: {rollout: {on_failure: stop}}",
            "plumb.yaml:12:32: error: `on_failure` is "
                + "`stop` [invalid-value]; the values are `halt`, `continue`, `pause`"
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
                + "one of `shards`, `percent` and `selector` [invalid-value]; "
                + "write exactly one of them"
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
            "policy: {online: {below: 4}}",
            "plumb.yaml:12:26: error: `below` is a number and must be a size [wrong-type]; write a "
                + "number with its unit, like `512MB` or `1GB`"
        ),
        (
            "policy: {online: {below: 4mb}}",
            "plumb.yaml:12:26: error: `below` is `4mb`, which is not a size [invalid-value]; write a "
                + "number with its unit, like `512MB` or `1GB`"
        ),
        (
            "policy: {online: {inplace: allow, small: 1GB}}",
            "plumb.yaml:12:42: error: `small` counts only under `inplace: small` [invalid-value]; "
                + "write `inplace: small` with it, or leave it out"
        ),
        (
            "policy: {online: {inplace: maybe}}",
            "plumb.yaml:12:28: error: `inplace` is `maybe` [invalid-value]; the values are `allow`, "
                + "`small`, `never`"
        ),
        (
            "policy: {online: {max_lag: 0s}}",
            "plumb.yaml:12:28: error: `max_lag` is `0s`, which is out of range [invalid-value]; "
                + "write a duration from 1s to 86400s"
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
    func policy(line: String, expected: String) {
        #expect(faults(fleetText(tail: line)) == [expected])
    }
}
