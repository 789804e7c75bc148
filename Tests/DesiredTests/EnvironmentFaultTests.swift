import Testing

@testable import Desired

/// Faults of environments and connections, each with its exact place, message, code and remedy.
@Suite struct EnvironmentFaultTests {
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
}
