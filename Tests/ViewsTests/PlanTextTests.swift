import Diff
import Model
import Reports
import Testing

@testable import Views

@Suite struct PlanTextTests {
    @Test func whole() {
        let text = PlanText.text(Sample.plan)
        #expect(
            text == #"""
                Plan 64879f7  production  main@3f2a91c "orders: track refunds"  (24 shards)
                stale: origin could not be fetched since 2026-11-21T08:00:00Z

                commerce.orders      22 of 24 shards  cba0 → 1150                 \#
                safe · INSTANT · blocks writes: no
                  git 3f2a91c by dev@example.com
                  + refund_total decimal(12,2) NOT NULL DEFAULT 0.00                    \#
                schema/commerce/orders.sql:9
                    ALTER TABLE `orders` ADD COLUMN `refund_total` decimal(12,2) NOT NULL DEFAULT \#
                0.00, ALGORITHM=INSTANT
                  shards: commerce_{00..16,18..22}

                commerce.orders      1 of 24 shards   6d74 → 1150
                                  lossy · COPY · rebuilds 41 M rows, 9.2 GB · blocks writes: \#
                yes · needs an approval
                  live changed: someone altered the table behind git's back (see plumb drift)
                  ~ note varchar(40) → varchar(20) NOT NULL
                  + KEY by_status (status)                                             \#
                schema/commerce/orders.sql:14
                    ALTER TABLE `orders`
                      MODIFY `note` varchar(20) NOT NULL,
                      ADD KEY `by_status` (`status`)
                  size: up to 41 M rows, 9.2 GB (commerce_17)
                  lossy narrow-type: values of `note` longer than 20 characters are refused: \#
                shorten them first
                  rows in the way on commerce_17 (1 of 1 shard): values that are too long for \#
                varchar(20) in `note`
                  look: SELECT * FROM `orders` WHERE CHAR_LENGTH(`note`) > 20 LIMIT 10
                  hint: if `remark` was renamed to `note`, say so beside the column
                  shards: commerce_17
                  left alone as drift: drift is reported, not corrected (policy.drift, or --heal)
                    put back:  plumb reconcile --heal --environment production --namespace \#
                commerce --shard commerce_17

                commerce.legacy_log  24 of 24 shards  836f → absent
                                                                    IRREVERSIBLE · drops the \#
                table · approval needed
                  retired: the table was removed from git and may be dropped                      \#
                     plumb.yaml:31
                  - table legacy_log
                    DROP TABLE `legacy_log`
                  size: up to 1.2 M rows, 310 MB (commerce_03)
                  IRREVERSIBLE drop-table: all rows of `legacy_log` are gone
                  shards: commerce_{00..23}
                  waits for approval on commerce_{00..22}: 0 of 1 approvals given
                    approve with:  plumb approve 2e7d2c03a9507ae2 --environment production --reason "…"
                  denied on commerce_23: denied (1234567)
                    change it in git, then:  plumb plan --environment production

                commerce/commerce_23: unknown · unreachable: connection refused db-3.internal:3306
                commerce.geo on commerce_{00..03}: unsupported · uses the storage engine CONNECT

                note (unused-hint): the rename qty → quantity is done

                3 changes on 24 shards, 1 waiting for approval, 1 denied, 1 left alone as drift, \#
                1 shard unknown, 1 table unsupported  exit 6

                """#)
    }

    @Test func noChangesIsOneLine() {
        #expect(
            PlanText.text(Sample.noChanges, width: 72) == """
                production: no changes: 24 shards are as main@3f2a91c says        exit 0

                """)
    }

    /// A table that left git is no step, but the status says that something differs.
    @Test func aDifferenceIsNeverCalledNone() {
        var report = Sample.noChanges
        report.notices = [Notice(code: "left-git", message: "commerce.log is still live")]
        report.exitStatus = .difference
        #expect(
            PlanText.text(report, width: 60) == """
                Plan 140bedb  production  main@3f2a91c "orders: track refunds"  (24 shards)

                note (left-git): commerce.log is still live

                no changes planned, 1 note to look at                 exit 2

                """)
    }

    /// A window and an earlier environment hold only what is approved; a refusal comes first.
    @Test(arguments: [
        (["window"], "approved"), (["environment"], "approved"), ([], "approved"),
        (["approval"], "approval needed"), (["denied", "approval"], "approval needed"),
        (["denied"], "denied"), (["refused"], "needs an approval"),
        (["drift"], "needs an approval"),
    ])
    func approval(_ codes: [String], _ word: String) {
        var report = Sample.plan
        report.steps = [report.steps[2]]
        report.steps[0].holds = codes.map { .init(code: $0, reason: "why", shards: []) }
        let text = PlanText.text(report)
        #expect(text.contains("IRREVERSIBLE · drops the table · \(word)\n"))
    }

    @Test func digestsGrowUntilTheyDiffer() {
        let names = DigestNames([Sample.digest("a"), Sample.digest("a"), Sample.digest("b")])
        #expect(names.move(from: nil, to: Sample.digest("a")) == "absent → ca97")
        let many = (0..<400).map { Sample.digest("\($0)") }
        let short = DigestNames(many)
        #expect(Set(many.map(short.name)).count == 400)
        #expect(short.name(many[0]).count > 4)
    }

    /// Colour adds escape sequences and changes nothing else; a narrow terminal breaks prose.
    @Test func colourIsOnlyPaint() throws {
        let plain = PlanText.text(Sample.plan)
        let painted = PlanText.text(Sample.plan, style: .colour)
        #expect(painted.contains("\u{1B}[31m"))
        let bare = painted.replacing(try Regex("\u{1B}\\[[0-9]+m"), with: "")
        #expect(bare == plain)
    }
}
