import Testing

@testable import Desired

/// Faults of a namespace, each with its exact place, message, code and remedy.
@Suite struct NamespaceFaultTests {
    /// Line 6 of `fleetText` is the namespace's last line, at column 5.
    @Test(arguments: [
        (
            "schema: x",
            "plumb.yaml:6:5: error: the key `schema` is here for the second time; the first is "
                + "at plumb.yaml:4:5 [duplicate-key]; keep one of the two"
        ),
        (
            "finalizer: {exec: [a]}",
            "plumb.yaml:6:24: error: the program of `exec` is `a`, which is not an absolute path "
                + "without `.` and `..` [invalid-value]; write the whole path"
        ),
        (
            "finalizer: {exec: [/bin/../bin/a]}",
            "plumb.yaml:6:24: error: the program of `exec` is `/bin/../bin/a`, which is not an "
                + "absolute path without `.` and `..` [invalid-value]; write the whole path"
        ),
        (
            "finalizer: {exec: []}",
            "plumb.yaml:6:23: error: `exec` is empty [invalid-value]; add an entry"
        ),
        (
            "finalizer: {exec: [/bin/a], timeout: 2h}",
            "plumb.yaml:6:42: error: `timeout` is `2h`, which is out of range [invalid-value]; "
                + "write a duration from 1s to 3600s"
        ),
        (
            "finalizer: {timeout: 5s}",
            "plumb.yaml:6:16: error: a finalizer has no `exec` and no `sql` [missing-key]; "
                + "add `exec`, or `sql` and `on`"
        ),
        (
            "finalizer: {sql: \"CALL a.b()\"}",
            "plumb.yaml:6:16: error: a finalizer has no `on` [missing-key]; add the key `on`"
        ),
        (
            "finalizer: {exec: [/bin/a], on: db}",
            "plumb.yaml:6:37: error: a finalizer has `exec` and `on` [invalid-value]; "
                + "write `exec`, or `sql` and `on`"
        ),
        (
            "finalizer: {sql: \"DROP TABLE a.b\", on: db}",
            "plumb.yaml:6:22: error: `sql` is no CALL of a procedure [invalid-value]; "
                + "write one call, such as `CALL routing.publish('commerce', 3)`"
        ),
        (
            "finalizer: {sql: \"CALL a.b()\", on: elsewhere}",
            "plumb.yaml:6:40: error: the finalizer of `commerce` names the host elsewhere:3306, "
                + "which no shard of this file has [dangling-host]; "
                + "the hosts are `db-0:3306`, `db-1:3306`"
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
            "old_temporals: force",
            "plumb.yaml:6:20: error: `old_temporals` is `force` [invalid-value]; "
                + "the values are `keep`, `rebuild`"
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
}
