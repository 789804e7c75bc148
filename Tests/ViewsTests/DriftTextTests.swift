import Diff
import Model
import Reports
import Testing

@testable import Views

@Suite struct DriftTextTests {
    @Test func whole() {
        let text = DriftText.text(Sample.drift)
        #expect(
            text == #"""
                Drift  production  against main@3f2a91c, recorded 2026-11-20T18:04:00Z

                2 of 24 shards drifted, 1 pending, 20 in sync, 1 unknown, 1 table unsupported

                commerce_{08,17}  commerce.orders  drifted · git → live                           \#
                    2 of 24 shards
                  - KEY by_status (status)          in git and recorded, missing live  \#
                schema/commerce/orders.sql:14
                  + debug int(11) DEFAULT NULL                                live only, neither \#
                in git nor recorded
                  git 1150, recorded 1150, live 6d74                                    \#
                schema/commerce/orders.sql:1
                    put back:  plumb reconcile --heal --environment production --namespace \#
                commerce --shard commerce_08 --shard commerce_17
                    keep:  say the same in schema/commerce/orders.sql:14

                commerce_09  commerce.customers  pending · live → git                             \#
                    1 of 24 shards
                  + email varchar(200)                                                          \#
                in git, not live yet
                  git 9c0a, recorded d0f6, live d0f6                                 \#
                schema/commerce/customers.sql:1
                    roll out:  plumb reconcile --environment production

                unmanaged: never in git, and left alone
                  commerce.tmp_export on commerce_02

                commerce/commerce_23: unknown · unreachable: connection refused db-3.internal:3306
                commerce.geo on commerce_{00..03}: unsupported · uses the storage engine CONNECT

                note (baseline): 2 shards were never recorded

                2 of 24 shards drifted, 1 pending, 20 in sync, 1 unknown, 1 table unsupported     \#
                            exit 6

                """#)
    }

    @Test func inSyncIsOneLine() {
        #expect(
            DriftText.text(Sample.inSync, width: 80) == """
                production: no drift: 24 of 24 shards in sync with main@3f2a91c           exit 0

                """)
    }

    /// A shard that cannot be read is never taken for one in sync.
    @Test func unknownIsNeverGreen() {
        var report = Sample.inSync
        report.inSyncCount = 23
        report.unknown = Sample.unknown
        report.exitStatus = .incomplete
        #expect(report.headline == "no drift found: 23 of 24 shards in sync, 1 unknown")
        #expect(DriftText.text(report).contains("unreachable: connection refused"))
    }

    @Test func manyShardsAreHealedByNamespace() {
        let command = NextCommand.heal(
            environment: "p", namespace: "n", shards: Sample.commerce(0...8))
        #expect(command == "plumb reconcile --heal --environment p --namespace n")
    }
}
