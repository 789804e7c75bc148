import Diff
import Reports
import Schema
import Testing

@testable import Views

@Suite struct HTMLViewTests {
    @Test func plan() {
        let text = HTMLView.plan(Sample.plan)
        let picture = Self.picture(
            [(.pending, Sample.commerce(0...22)), (.unknown, ["commerce_23"])])
        #expect(
            text == #"""
                <!doctype html>
                <html lang="en">
                <head>
                <meta charset="utf-8">
                <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src \#
                'unsafe-inline'">
                <title>Plan production</title>
                <style>
                \#(StyleSheet.text)</style>
                </head>
                <body>
                <h1>Plan production</h1>
                <p><b>3 changes on 24 shards, 1 waiting for approval, 1 denied, 1 left alone as \#
                drift, 1 shard unknown, 1 table unsupported</b></p>
                <p>plan <code>64879f7</code> · <code>main@3f2a91c</code> orders: track refunds · \#
                24 shards</p>
                \#(picture)
                <p><b>stale:</b> origin could not be fetched since 2026-11-21T08:00:00Z</p>
                <section>
                <h2><code>commerce.orders</code> <small>22 of 24 shards · <code>cba0 → \#
                1150</code> · <span class="sign safe">safe · INSTANT · blocks writes: \#
                no</span></small></h2>
                <p>git 3f2a91c by dev@example.com <code>schema/commerce/orders.sql:9</code></p>
                <table class="diff">
                <tr class="more"><td><code>+ refund_total decimal(12,2) NOT NULL DEFAULT \#
                0.00</code></td><td></td><td> <code>schema/commerce/orders.sql:9</code></td></tr>
                </table>
                <pre>ALTER TABLE `orders` ADD COLUMN `refund_total` decimal(12,2) NOT NULL \#
                DEFAULT 0.00, ALGORITHM=INSTANT</pre>
                <p>shards: <code>commerce_{00..16,18..22}</code></p>
                </section>
                <section>
                <h2><code>commerce.orders</code> <small>1 of 24 shards · <code>6d74 → 1150</code> \#
                · <span class="sign lossy">lossy · COPY · rebuilds 41 M rows, 9.2 GB · blocks writes: \#
                yes · needs an approval</span></small></h2>
                <p>live changed: someone altered the table behind git&#39;s back (see plumb \#
                drift)</p>
                <table class="diff">
                <tr><td><code>~ note varchar(40) → varchar(20) NOT \#
                NULL</code></td><td></td><td></td></tr>
                <tr class="more"><td><code>+ KEY by_status (status)</code></td><td></td><td> \#
                <code>schema/commerce/orders.sql:14</code></td></tr>
                </table>
                <pre>ALTER TABLE `orders`
                  MODIFY `note` varchar(20) NOT NULL,
                  ADD KEY `by_status` (`status`)</pre>
                <ul>
                <li>size: up to 41 M rows, 9.2 GB (commerce_17)</li>
                <li>lossy narrow-type: values of `note` longer than 20 characters are refused: \#
                shorten them first</li>
                <li>rows in the way on commerce_17 (1 of 1 shard): values that are too long for \#
                varchar(20) in `note`</li>
                <li>look: SELECT * FROM `orders` WHERE CHAR_LENGTH(`note`) &gt; 20 LIMIT 10</li>
                <li>hint: if `remark` was renamed to `note`, say so beside the column</li>
                </ul>
                <p>shards: <code>commerce_17</code></p>
                <p><b>left alone as drift: drift is reported, not corrected (policy.drift, or \#
                --heal)</b><br>put back: <code>plumb reconcile --heal --environment production \#
                --namespace commerce --shard commerce_17</code></p>
                </section>
                <section>
                <h2><code>commerce.legacy_log</code> <small>24 of 24 shards · <code>836f → \#
                absent</code> · <span class="sign irreversible">IRREVERSIBLE · drops the table · \#
                approval needed</span></small></h2>
                <p>retired: the table was removed from git and may be dropped \#
                <code>plumb.yaml:31</code></p>
                <table class="diff">
                <tr class="less"><td><code>- table legacy_log</code></td><td></td><td></td></tr>
                </table>
                <pre>DROP TABLE `legacy_log`</pre>
                <ul>
                <li>size: up to 1.2 M rows, 310 MB (commerce_03)</li>
                <li>IRREVERSIBLE drop-table: all rows of `legacy_log` are gone</li>
                </ul>
                <p>shards: <code>commerce_{00..23}</code></p>
                <p><b>waits for approval on commerce_{00..22}: 0 of 1 approvals \#
                given</b><br>approve with: <code>plumb approve 2e7d2c03a9507ae2 --environment production \#
                --reason &quot;…&quot;</code></p>
                <p><b>denied on commerce_23: denied (1234567)</b><br>change it in git, then: \#
                <code>plumb plan --environment production</code></p>
                </section>
                <ul>
                <li><code>commerce/commerce_23</code>: <span class="sign bad">unknown</span> · unreachable: connection \#
                refused db-3.internal:3306</li>
                <li><code>commerce.geo on commerce_{00..03}</code>: <span class="sign bad">unsupported</span> · uses the \#
                storage engine CONNECT</li>
                <li>note (unused-hint): the rename qty → quantity is done</li>
                </ul>
                <footer><p>3 changes on 24 shards, 1 waiting for approval, 1 denied, 1 left alone \#
                as drift, 1 shard unknown, 1 table unsupported · exit 6</p></footer>
                </body>
                </html>

                """#)
    }

    @Test func drift() {
        let text = HTMLView.drift(Sample.drift)
        let picture = Self.picture([
            (.drifted, Sample.commerce([8, 17])), (.pending, ["commerce_09"]),
            (.unmanaged, ["commerce_02"]), (.unknown, ["commerce_23"]),
        ])
        #expect(
            text == #"""
                <!doctype html>
                <html lang="en">
                <head>
                <meta charset="utf-8">
                <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src \#
                'unsafe-inline'">
                <title>Drift production</title>
                <style>
                \#(StyleSheet.text)</style>
                </head>
                <body>
                <h1>Drift production</h1>
                <p><b>2 of 24 shards drifted, 1 pending, 20 in sync, 1 unknown, 1 table \#
                unsupported</b></p>
                <p>against <code>main@3f2a91c</code>, recorded 2026-11-20T18:04:00Z</p>
                \#(picture)
                <section class="warn">
                <h2><code>commerce.orders</code> <small><span class="sign warn">drifted · git → live</span> · \#
                2 of 24 shards</small></h2>
                <p>shards: <code>commerce_{08,17}</code></p>
                <table class="diff">
                <tr class="less"><td><code>- KEY by_status (status)</code></td><td>in git and recorded, \#
                missing live</td><td> <code>schema/commerce/orders.sql:14</code></td></tr>
                <tr class="more"><td><code>+ debug int(11) DEFAULT NULL</code></td><td>live only, neither in \#
                git nor recorded</td><td></td></tr>
                </table>
                <p>git 1150, recorded 1150, live 6d74 <code>schema/commerce/orders.sql:1</code></p>
                <ul>
                <li>put back: <code>plumb reconcile --heal --environment production --namespace \#
                commerce --shard commerce_08 --shard commerce_17</code></li>
                <li>keep: say the same in schema/commerce/orders.sql:14</li>
                </ul>
                </section>
                <section class="due">
                <h2><code>commerce.customers</code> <small><span class="sign due">pending · live → git</span> · 1 of 24 \#
                shards</small></h2>
                <p>shards: <code>commerce_09</code></p>
                <table class="diff">
                <tr class="more"><td><code>+ email varchar(200)</code></td><td>in git, not live \#
                yet</td><td></td></tr>
                </table>
                <p>git 9c0a, recorded d0f6, live d0f6 <code>schema/commerce/customers.sql:1</code\#
                ></p>
                <ul>
                <li>roll out: <code>plumb reconcile --environment production</code></li>
                </ul>
                </section>
                <section class="due">
                <h2><code>commerce.tmp_export</code> <small><span class="sign due">unmanaged</span> · 1 of 24 \#
                shards</small></h2>
                <p>shards: <code>commerce_02</code></p>
                <p>git absent, recorded absent, live cf10</p>
                </section>
                <ul>
                <li><code>commerce/commerce_23</code>: <span class="sign bad">unknown</span> · unreachable: connection \#
                refused db-3.internal:3306</li>
                <li><code>commerce.geo on commerce_{00..03}</code>: <span class="sign bad">unsupported</span> · uses the \#
                storage engine CONNECT</li>
                <li>note (baseline): 2 shards were never recorded</li>
                </ul>
                <footer><p>2 of 24 shards drifted, 1 pending, 20 in sync, 1 unknown, 1 table \#
                unsupported · exit 6</p></footer>
                </body>
                </html>

                """#)
    }

    /// The picture of 24 shards, as `FleetPictureTests` have it.
    private static func picture(_ notes: [(FleetReport.State, [String])]) -> String {
        var picture = FleetPicture(shardCount: 24)
        for (state, shards) in notes {
            for shard in shards {
                picture.note(state, of: ShardID(namespace: "commerce", shard: shard))
            }
        }
        return picture.html.joined(separator: "\n")
    }

    @Test func needsNothingElse() {
        let text = HTMLView.plan(Sample.plan)
        for word in ["<script", "http:", "https:", "src=", "@import"] {
            #expect(!text.contains(word), "\(word)")
        }
    }
}
