import Diff
import Model
import Reports
import Schema
import Testing

@testable import Views

@Suite struct ReconcileTextTests {
    @Test func whole() {
        let text = ReconcileText.text(Sample.reconcile)
        #expect(
            text == #"""
                Reconcile  production  main@3f2a91c  plan 64879f7
                stale: origin could not be fetched since 2026-11-21T08:00:00Z

                recovered commerce/commerce_03/orders: completed: the statement had run
                2 tables found as git says, now recorded

                Rollout 5b20  plan 64879f7  production  failed                            ended \#
                2026-11-21T14:03:12Z
                  ████████████░░░░░░░░  14 done  1 waiting  1 failed  6 left for the next plan
                  ✗ commerce.orders on commerce_08 failed: lock wait timeout (after 10 attempts)
                  ■ commerce.orders on commerce_{09,10} cancelled: the rollout halted
                  correct the cause, then:  plumb reconcile --environment production

                commerce.orders      1 of 24 shards   6d74 → 1150
                                  lossy · COPY · rebuilds 41 M rows, 9.2 GB · blocks writes: \#
                yes · needs an approval
                  shards: commerce_17
                  left alone as drift: drift is reported, not corrected (policy.drift, or --heal)
                    put back:  plumb reconcile --heal --environment production --namespace \#
                commerce --shard commerce_17

                commerce.legacy_log  24 of 24 shards  836f → absent
                                                                    IRREVERSIBLE · drops the \#
                table · approval needed
                  shards: commerce_{00..23}
                  waits for approval on commerce_{00..22}: 0 of 1 approvals given
                    approve with:  plumb approve 2e7d2c03a9507ae2 --environment production --reason "…"
                  denied on commerce_23: denied (1234567)
                    change it in git, then:  plumb plan --environment production

                commerce/commerce_23: unknown · unreachable: connection refused db-3.internal:3306
                commerce.geo on commerce_{00..03}: unsupported · uses the storage engine CONNECT

                note (unused-hint): the rename qty → quantity is done

                14 done, 1 waiting, 1 failed, 6 left for the next plan, 1 waiting for approval, 1 \#
                denied, 1 left alone as drift, 1 shard unknown, 1 table unsupported  exit 6

                """#)
    }

    @Test func status() {
        let text = StatusText.text(StatusReport(Sample.rollout), exit: .partial)
        #expect(
            text == #"""
                Rollout 5b20  plan 64879f7  production  failed                            ended \#
                2026-11-21T14:03:12Z
                  ████████████░░░░░░░░  14 done  1 waiting  1 failed  6 left for the next plan
                  ✗ commerce.orders on commerce_08 failed: lock wait timeout (after 10 attempts)
                  ■ commerce.orders on commerce_{09,10} cancelled: the rollout halted
                  correct the cause, then:  plumb reconcile --environment production

                rollout 5b20 failed: 14 done, 1 waiting, 1 failed, 6 left for the next plan       \#
                            exit 4

                """#)
    }

    @Test func nothingToDo() {
        #expect(
            ReconcileText.text(Sample.nothingToDo, width: 72) == """
                Reconcile  production  main@3f2a91c  plan 140bedb

                nothing to do, 24 shards are as main@3f2a91c says                 exit 0

                """)
    }

    /// An operation that cannot be read leaves the rollout undetermined, never done.
    @Test func undetermined() {
        var report = Sample.rollout
        report.state = nil
        report.counts = ["completed": 3, "unreadable": 1]
        let text = StatusText.text(StatusReport(report), exit: .incomplete)
        #expect(report.headline.hasPrefix("rollout 5b20 undetermined"))
        #expect(text.contains("3 done  1 unknown"))
        #expect(text.contains("look again:  plumb status --environment production"))
    }

    @Test func troubleOfAWholeShardNamesNoTable() {
        var report = Sample.rollout
        let key = OperationKey(
            shard: ShardID(namespace: "commerce", shard: "commerce_03"), object: "")
        report.troubles = [.init(key: key, state: .pending, message: "no answer")]
        let text = StatusText.text(StatusReport(report), exit: .incomplete)
        #expect(text.contains("… commerce on commerce_03 pending: no answer"))
    }

    @Test func noRollout() {
        let text = StatusText.text(
            StatusReport(RolloutReport(environment: "staging")), exit: .done, width: 60)
        #expect(text == "no rollout in staging                                 exit 0\n")
    }
}
